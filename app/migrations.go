package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/terem-go/terem/migrate"
)

type migrateCommand struct {
	Up     migrateUp     `cmd:"" help:"Apply all pending migrations."`
	Down   migrateDown   `cmd:"" help:"Take the last migration back."`
	Status migrateStatus `cmd:"" help:"List the migrations and when they were applied."`
}

var errNoMigrations = errors.New("this application has no migrations")

func (a *App) migrations() (*migrate.Migrator, error) {
	if err := errors.Join(a.problems...); err != nil {
		return nil, err
	}
	if a.migrator == nil {
		return nil, errNoMigrations
	}
	return a.migrator, nil
}

type migrateUp struct{}

func (migrateUp) Run(ctx context.Context, a *App, out io.Writer) error {
	m, err := a.migrations()
	if err != nil {
		return err
	}
	applied, err := m.Up(ctx)
	if err != nil {
		return err
	}
	if len(applied) == 0 {
		fmt.Fprintln(out, "nothing to do: every migration is applied")
	}
	return nil
}

type migrateDown struct{}

func (migrateDown) Run(ctx context.Context, a *App) error {
	m, err := a.migrations()
	if err != nil {
		return err
	}
	_, err = m.Down(ctx)
	return err
}

type migrateStatus struct{}

func (migrateStatus) Run(ctx context.Context, a *App, out io.Writer) error {
	m, err := a.migrations()
	if err != nil {
		return err
	}
	states, err := m.Status(ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, s := range states {
		when := "pending"
		if !s.Pending() {
			when = s.AppliedAt.Format("2006-01-02 15:04:05Z")
		}
		file := s.File
		if s.Source != "" { // a library's own
			file = s.Source + ": " + file
		}
		fmt.Fprintf(w, "%d\t%s\t%s\n", s.Number, file, when)
	}
	return w.Flush()
}
