package migrate

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"

	"github.com/pressly/goose/v3"

	"github.com/terem-go/terem/db"
)

// set are the files of one source for one dialect.
type set struct {
	source string // its name
	table  string // where what was applied is kept
	dir    fs.FS  // the dialect's folder
	files  []Migration
	text   map[int64][]byte // of the files, by number
}

var (
	sourceName  = regexp.MustCompile(`^[a-z0-9_]+$`)
	upLine      = annotation("up")
	downLine    = annotation("down")
	noTxLine    = annotation(`no transaction`)
	secretsLine = annotation("envsub on") // the environment's values become part of statements
)

// annotation returns a pattern for a line that goose takes as an instruction.
func annotation(name string) *regexp.Regexp {
	return regexp.MustCompile(`(?im)^--\s*\+goose\s+` + name + `\s*$`)
}

// read returns the files of a source for a dialect, in the order of their
// numbers.
func read(s Source, dialect db.Dialect) (set, error) {
	folder := string(dialect)
	c := set{source: s.Name, table: "terem_migrations", text: map[int64][]byte{}}
	if s.Name != "" {
		c.table += "_" + s.Name
	}
	entries, err := fs.ReadDir(s.FS, folder)
	if err != nil {
		return set{}, fmt.Errorf("there is no folder %s (an embed.FS keeps the path of what it embeds: fs.Sub leaves it out): %w", folder, err)
	}
	for _, e := range entries {
		if path.Ext(e.Name()) == ".sql" {
			if err := c.add(s.FS, path.Join(folder, e.Name())); err != nil {
				return set{}, err
			}
		}
	}
	if len(c.files) == 0 {
		return set{}, fmt.Errorf("the folder %s has no .sql files", folder)
	}
	slices.SortFunc(c.files, func(a, b Migration) int { return cmp.Compare(a.Number, b.Number) })
	c.dir, err = fs.Sub(s.FS, folder)
	return c, err
}

// add reads one file.
func (c *set) add(fsys fs.FS, file string) error {
	number, err := goose.NumericComponent(file)
	if err != nil {
		return fmt.Errorf("the name of %s does not begin with a number and an underscore, as in 00001_users.sql", file)
	}
	if c.text[number] != nil {
		i := slices.IndexFunc(c.files, func(m Migration) bool { return m.Number == number })
		return fmt.Errorf("%s and %s have the same number: give the newer one the next free number", c.files[i].File, file)
	}
	text, err := fs.ReadFile(fsys, file)
	if err != nil {
		return err
	}
	if !upLine.Match(text) {
		return fmt.Errorf("%s lacks the line \"-- +goose Up\" above its statements", file)
	}
	c.files = append(c.files, Migration{Source: c.source, Number: number, File: file})
	c.text[number] = text
	return nil
}
