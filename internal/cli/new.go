package cli

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/terem-go/terem/internal/listen"
	"github.com/terem-go/terem/internal/scaffold"
	"github.com/terem-go/terem/internal/terminal"
)

// newCommand is the verb new.
type newCommand struct {
	Dir      string `arg:"" help:"The application's folder. It is empty or does not exist yet."`
	Module   string `placeholder:"PATH" help:"The module's path; the name of the folder by default."`
	Database string `enum:"sqlite,postgres" default:"sqlite" help:"What DATABASE_URL is by default: ${enum}."`
	Serve    bool   `name:"run" help:"Migrate and serve the application at once."`
	Terem    string `placeholder:"PATH" help:"The checkout of Terem that the application uses; the one that this program is made from by default."`
}

// Help is shown below the flags' help.
func (newCommand) Help() string {
	return `The application has pages on which users sign up and log in, an API with documentation at /docs, background jobs, mails, migrations for SQLite and PostgreSQL, and tests.

In a folder below another module's go.mod, it becomes part of that module.`
}

// Run creates the application and, with --run, serves it.
func (n *newCommand) Run(ctx context.Context, c *console) error {
	if n.Serve {
		if err := n.checkEnvironment(ctx); err != nil {
			return err
		}
	}
	a, err := scaffold.New(ctx, scaffold.Options{
		Dir:      n.Dir,
		Module:   n.Module,
		Database: n.Database,
		Checkout: n.Terem,
		Progress: c.progress,
	})
	if err != nil {
		return err
	}
	n.describe(c, a)
	if n.Serve {
		return n.serve(ctx, c, a)
	}
	c.say("\nNext, type:")
	for _, line := range n.steps(a) {
		c.say("  %s", terminal.Paint(c.out, terminal.Bold, line))
	}
	c.say("and open http://127.0.0.1:8000")
	return nil
}

// describe says what was written, and what is left to do about the module that
// the application is part of.
func (n *newCommand) describe(c *console, a *scaffold.Application) {
	c.say("Created the application %s in %s: %d files.", terminal.Paint(c.out, terminal.Bold, a.Name), n.Dir, a.Files)
	if a.Root != a.Dir {
		c.say("It is part of the module whose go.mod is %s.", filepath.Join(a.Root, "go.mod"))
	}
	for _, line := range a.Changed {
		c.say("  new there: %s", line)
	}
	if a.Vendored {
		c.say("That module has a folder vendor. Bring it up to date: go mod vendor")
	}
	if a.Work != "" {
		c.say("It is inside the workspace %s. Add it: go work use %s", a.Work, quote(n.Dir))
	}
}

// steps are the commands that lead from a new application to a served page.
func (n *newCommand) steps(a *scaffold.Application) []string {
	var steps []string
	if filepath.Clean(n.Dir) != "." {
		steps = append(steps, "cd "+quote(n.Dir))
	}
	if n.Database == scaffold.Postgres {
		steps = append(steps, "createdb --host 127.0.0.1 --username postgres "+a.Name)
	}
	return append(steps, "go run . migrate up", "go run . dev")
}

// checkEnvironment refuses to migrate a database that was meant for something
// else: DATABASE_URL in the environment counts more than what the application
// has by default. It refuses an address on which nothing can be served before minutes of
// compiling.
func (n *newCommand) checkEnvironment(ctx context.Context) error {
	url, set := os.LookupEnv("DATABASE_URL")
	if set && url != "" && strings.HasPrefix(url, "postgres") != (n.Database == scaffold.Postgres) {
		return fmt.Errorf("DATABASE_URL is set in the environment, and --run would migrate that database, which is not %s. Unset it, or leave out --run", n.Database)
	}
	l, err := listen.TCP(ctx, "ADDR", cmp.Or(os.Getenv("ADDR"), "127.0.0.1:8000"))
	if err != nil {
		return fmt.Errorf("--run: %w", err)
	}
	return l.Close()
}

// plain are the words that a shell takes as they are.
var plain = regexp.MustCompile(`^[A-Za-z0-9_./@%+=:,-]+$`)

// quote returns the text as one word of a shell.
func quote(s string) string {
	if plain.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
