package cli

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/terem-go/terem/internal/migratelint"
	"github.com/terem-go/terem/internal/terminal"
)

// migrateLint is the verb migrate lint.
type migrateLint struct {
	Dir  string `type:"application" placeholder:"DIR" default:"." help:"The application's folder, or that of its migrations; the current one by default."`
	JSON bool   `help:"Print JSON."`
}

// Help is shown below the flags' help.
func (migrateLint) Help() string {
	return `It reads the files and needs no database. When it finds something, the exit status is 1.

A finding is accepted by a comment on the statement that says why:

    -- terem:accept drop-table because no version since May reads it`
}

// Run prints what is found.
func (m *migrateLint) Run(c *console) error {
	dir, err := migrationsIn(m.Dir)
	if err != nil {
		return err
	}
	findings, err := migratelint.Lint(os.DirFS(dir))
	if err != nil {
		return fmt.Errorf("%s: %w", dir, err)
	}
	for i := range findings {
		findings[i].File = filepath.Join(dir, filepath.FromSlash(findings[i].File))
	}
	if m.JSON {
		err = c.json(append([]migratelint.Finding{}, findings...))
	} else {
		m.print(c, findings)
	}
	if err == nil && len(findings) > 0 {
		err = fmt.Errorf("%d found in the migrations", len(findings))
	}
	return err
}

// print prints the findings as people read them.
func (m *migrateLint) print(c *console, findings []migratelint.Finding) {
	if len(findings) == 0 {
		c.say("nothing found")
	}
	for _, f := range findings {
		c.say("%s: %s (%s)", terminal.Paint(c.out, terminal.Bold, fmt.Sprintf("%s:%d", f.File, f.Line)), f.Title, f.Rule)
		c.say("  %s", f.Reason)
		c.say("  %s\n", f.WayOut)
	}
}

// migrationsIn returns the folder of migrations in an application's folder, or
// the folder itself if it is one.
func migrationsIn(dir string) (string, error) {
	for _, d := range []string{filepath.Join(dir, "migrations"), dir} {
		for _, database := range []string{"postgres", "sqlite"} {
			if info, err := os.Stat(filepath.Join(d, database)); err == nil && info.IsDir() {
				return d, nil
			}
		}
	}
	return "", fmt.Errorf("there are no migrations in %s: neither migrations/postgres nor migrations/sqlite is a folder. Name the application's folder: terem migrate lint --dir DIR", dir)
}
