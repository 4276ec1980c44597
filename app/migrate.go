package app

import (
	"context"
	"fmt"
	"io"

	"github.com/terem-go/terem/migrate"
)

type migrateCommand struct {
	Up     migrateUp     `cmd:"" help:"Apply all pending migrations."`
	Down   migrateDown   `cmd:"" help:"Take the last migration back."`
	To     migrateTo     `cmd:"" help:"Apply or take back migrations until the one with a number is the last."`
	Status migrateStatus `cmd:"" help:"List the migrations and when they were applied."`
	Accept migrateAccept `cmd:"" help:"Say that the edit of an applied migration changes nothing about the tables."`
}

// change are the flags of the commands that change tables.
type change struct {
	DryRun bool `help:"Print the SQL that would run, and change nothing."`
}

// do runs a plan, or prints it. Idle is what to print when there is nothing to do.
func (c change) do(ctx context.Context, m *migrate.Migrator, p migrate.Plan, idle string, out io.Writer) error {
	var err error
	if c.DryRun {
		err = printPlan(out, p)
	} else {
		_, err = m.Run(ctx, p)
	}
	if err == nil && len(p.Steps) == 0 {
		fmt.Fprintln(out, idle)
	}
	return err
}

// printPlan prints the statements file by file.
func printPlan(out io.Writer, p migrate.Plan) error {
	for i, s := range p.Steps {
		action, how := "is applied", "in a transaction"
		if s.Down {
			action = "is taken back"
		}
		if s.NoTransaction {
			how = "without a transaction"
		}
		if i > 0 {
			fmt.Fprintln(out)
		}
		fmt.Fprintf(out, "-- %s %s, %s\n", fileName(s.Migration), action, how)
		for _, sql := range s.Statements {
			if _, err := fmt.Fprintln(out, sql); err != nil {
				return err
			}
		}
	}
	return nil
}

// fileName returns the file of a migration, behind the name of its source unless
// it is the application's own.
func fileName(m migrate.Migration) string {
	file := m.File
	if file == "" {
		file = "(not in this program)"
	}
	if m.Source != "" {
		return m.Source + ": " + file
	}
	return file
}

type migrateUp struct{ change }

func (c migrateUp) Run(ctx context.Context, a *App, out io.Writer) error {
	m, err := a.migrations()
	if err != nil {
		return err
	}
	p, err := m.PlanUp(ctx)
	if err != nil {
		return err
	}
	return c.do(ctx, m, p, "nothing to do: every migration is applied", out)
}

// sourced is the flag of the commands that can change the library's tables.
type sourced struct {
	Source string `placeholder:"NAME" help:"The library's migrations of this name, as status shows it, rather than the application's own."`
}

type migrateDown struct {
	change
	sourced
}

func (c migrateDown) Run(ctx context.Context, a *App, out io.Writer) error {
	m, err := a.migrations()
	if err != nil {
		return err
	}
	p, err := m.PlanDown(ctx, c.Source)
	if err != nil {
		return err
	}
	return c.do(ctx, m, p, "", out)
}

type migrateTo struct {
	Number int64 `arg:"" help:"The number of a migration; 0 takes all back."`
	change
	sourced
}

func (c migrateTo) Run(ctx context.Context, a *App, out io.Writer) error {
	m, err := a.migrations()
	if err != nil {
		return err
	}
	p, err := m.PlanTo(ctx, c.Source, c.Number)
	if err != nil {
		return err
	}
	return c.do(ctx, m, p, fmt.Sprintf("nothing to do: the database is at number %d", c.Number), out)
}
