package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/terem-go/terem/internal/schema"
)

// migrateNew is the verb migrate new.
type migrateNew struct {
	Name      string   `arg:"" optional:"" help:"What the migration is about, such as add_orders; it becomes part of the files' names."`
	Dir       string   `type:"application" default:"." help:"The application's folder; the current one by default."`
	Rename    []string `sep:"none" placeholder:"OLD:NEW" help:"A table or a column that has another name now: users:accounts, users.name:users.full_name. Repeatable."`
	Fill      []string `sep:"none" placeholder:"COLUMN:SQL" help:"The value that rows get which are there already: \"orders.status:'new'\". Repeatable."`
	AllowDrop bool     `help:"Drop tables and columns that no model has any more, with their data."`
	Empty     bool     `help:"Write files without statements, for changes of data."`
	Record    bool     `help:"Write no files, only record the models in migrations/schema.json: their migrations were written by hand."`
}

// Help is shown below the flags' help.
func (migrateNew) Help() string {
	return `It compares the models with migrations/schema.json, which says what the migrations so far lead to, and writes what is missing for each database, up and down. It needs no database, and the application need not compile.

Read the files before you commit them, with schema.json; then apply them: go run . migrate up`
}

// Run writes the migration.
func (m *migrateNew) Run(ctx context.Context, c *console) error {
	f, err := schema.Open(m.Dir)
	if err != nil {
		return err
	}
	var w *schema.Written
	switch {
	case m.Empty && m.Record, (m.Empty || m.Record) && len(m.Rename)+len(m.Fill) > 0:
		return errors.New("--empty and --record write nothing about the models' changes, and go with no other option but --dir")
	case m.Record:
		w, err = f.Record()
	case m.Name == "":
		return errors.New("the migration needs a name: terem migrate new add_orders")
	case m.Empty:
		w, err = f.Empty(m.Name)
	default:
		w, err = f.New(m.Name, schema.Options{Renames: m.Rename, Fills: m.Fill, AllowDrop: m.AllowDrop, Ask: c.ask(ctx)})
	}
	if err != nil {
		return fmt.Errorf("nothing was written: %w", err)
	}
	m.describe(c, w)
	return nil
}

func (m *migrateNew) describe(c *console, w *schema.Written) {
	for _, file := range w.Files {
		c.say("Wrote %s", file)
	}
	for _, finding := range w.Accepted {
		c.say("  Mind: %s", finding)
	}
	switch {
	case len(w.Files) > 0:
		c.say("Read them, then apply them: go run . migrate up")
	case w.Recorded && m.Record:
		c.say("Recorded the models.")
	case w.Recorded:
		c.say("The databases need not change; recorded the models.")
	default:
		c.say("Nothing to do: the models are what the migrations lead to.")
	}
}

// ask returns a function that asks the person at the terminal until ctx ends, or nil
// if there is nobody.
func (c *console) ask(ctx context.Context) func(question string) (bool, error) {
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		return nil
	}
	in := bufio.NewReader(os.Stdin)
	return func(question string) (bool, error) {
		fmt.Fprint(c.err, question, " [y/N] ")
		var answer string
		read := make(chan error, 1)
		go func() { // it waits on when ctx ends, until the program does
			var err error
			answer, err = in.ReadString('\n')
			read <- err
		}()
		select {
		case <-ctx.Done():
			fmt.Fprintln(c.err)
			return false, ctx.Err()
		case err := <-read:
			if err != nil {
				return false, fmt.Errorf("the question was not answered: %w", err)
			}
		}
		answer = strings.ToLower(strings.TrimSpace(answer))
		return answer == "y" || answer == "yes", nil
	}
}
