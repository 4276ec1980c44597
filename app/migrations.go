package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/jobs"
	"github.com/terem-go/terem/migrate"
)

type migrateCommand struct {
	Up     migrateUp     `cmd:"" help:"Apply all pending migrations."`
	Down   migrateDown   `cmd:"" help:"Take the last migration back."`
	Status migrateStatus `cmd:"" help:"List the migrations and when they were applied."`
}

var errNoMigrations = errors.New("this application has no migrations")

// migrations returns what migrates the database: the tables of what the
// application uses of the library, and its own. Once asked for, it stays: domains
// have registered by then.
func (a *App) migrations() (*migrate.Migrator, error) {
	if a.migrator != nil {
		return a.migrator, nil
	}
	if a.config.DB == nil || a.config.Migrations == nil {
		return nil, errNoMigrations
	}
	c := migrate.Config{Logger: a.config.Logger}
	if a.config.Workers != nil {
		c.Sources = append(c.Sources, jobs.Migrations())
	}
	if a.api.Idempotent() {
		c.Sources = append(c.Sources, Idempotency())
	}
	var err error
	a.migrator, err = migrate.New(a.config.DB, a.config.Migrations, c)
	return a.migrator, err
}

// Idempotency returns the migrations of api.Idempotent, for tests of domains
// whose routes have that option. An application adds them by itself.
func Idempotency() migrate.Source {
	return migrate.Source{Name: "idempotency", FS: api.Migrations()}
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
