package cli

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/terem-go/terem/internal/structure"
	"github.com/terem-go/terem/internal/terminal"
)

// tablesCommand is the verb tables.
type tablesCommand struct {
	Names []string `arg:"" optional:"" name:"table" help:"Tables whose columns are shown."`
	reading
}

// Help is shown below the flags' help.
func (tablesCommand) Help() string {
	return `It reads the models, dao.Of[T]("name"), in the source: neither the application nor a database runs.`
}

// Run prints the tables, or the columns of some.
func (t *tablesCommand) Run(ctx context.Context, c *console) error {
	app, err := t.read(ctx, c)
	if err != nil {
		return err
	}
	for _, name := range t.Names {
		if !slices.ContainsFunc(app.Tables, func(x *structure.Table) bool { return x.Name == name }) {
			return fmt.Errorf("no model describes a table %s: terem tables lists those that are described", name)
		}
	}
	tables := []*structure.Table{}
	for _, x := range app.Tables {
		if t.shows(x.Room) && (len(t.Names) == 0 || slices.Contains(t.Names, x.Name)) {
			tables = append(tables, x)
		}
	}
	switch {
	case t.JSON:
		return c.json(tables)
	case len(tables) == 0:
		c.say("no tables")
	case len(t.Names) > 0:
		t.columns(c, tables)
	default:
		t.list(c, tables)
	}
	return nil
}

// list prints a line for each table.
func (t *tablesCommand) list(c *console, tables []*structure.Table) {
	rows := [][]string{{"TABLE", "MODEL", "COLUMNS", "REFERENCES", "PLACE"}}
	for _, x := range tables {
		var to []string
		for _, col := range x.Columns {
			if col.References != "" && !slices.Contains(to, col.References) {
				to = append(to, col.References)
			}
		}
		rows = append(rows, []string{x.Name, x.Model, strconv.Itoa(len(x.Columns)), strings.Join(to, ","), x.At.String()})
	}
	c.table(rows, 4)
}

// columns prints the columns of tables.
func (t *tablesCommand) columns(c *console, tables []*structure.Table) {
	for i, x := range tables {
		if i > 0 {
			c.say("")
		}
		c.say("%s  %s  %s", terminal.Paint(c.out, terminal.Bold, x.Name), x.Model, x.At)
		var rows [][]string
		for _, col := range x.Columns {
			var notes []string
			for _, n := range []struct {
				text string
				is   bool
			}{{"key", col.Key}, {"unique", col.Unique}, {"null", col.Null}, {"references " + col.References, col.References != ""}} {
				if n.is {
					notes = append(notes, n.text)
				}
			}
			rows = append(rows, []string{"  " + col.Name, col.Type, strings.Join(notes, ", ")})
		}
		c.table(rows, 3)
	}
}
