// Package queue has the contestants of the bench of jobs: Terem, and River used by
// hand, on each engine. All do the same: a transaction writes a row and enqueues a
// job, and the job writes another row in a transaction that completes it.
package queue

import (
	"context"
	"embed"
	"io/fs"
	"log/slog"
	"strings"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/postgres"
	"github.com/terem-go/terem/db/sqlite"
	"github.com/terem-go/terem/jobs"
	"github.com/terem-go/terem/migrate"
)

// Queue is a contestant on a database that is its own.
type Queue interface {
	// Enqueue writes a row and enqueues a job, in a transaction.
	Enqueue(ctx context.Context) error
	// Fill enqueues many jobs.
	Fill(ctx context.Context, n int) error
	// Work runs jobs, at most so many at a time, and calls began when one begins,
	// until stop is called.
	Work(ctx context.Context, at int, began func()) (stop func() error, err error)
	// Done returns how many jobs are done.
	Done(ctx context.Context) (int, error)
	Close()
}

// The contestants.
const (
	Terem = "terem"
	Hand  = "river by hand"
)

// Open opens a contestant on a database, which has nothing in it but perhaps the
// bench's items.
func Open(ctx context.Context, name, url string) (Queue, error) {
	if err := create(ctx, url); err != nil {
		return nil, err
	}
	switch {
	case name == Terem:
		return openTerem(ctx, url)
	case strings.HasPrefix(url, "sqlite:"):
		return openSQLite(ctx, strings.TrimPrefix(url, "sqlite:"))
	}
	return openPostgres(ctx, url)
}

const insertNote = "INSERT INTO notes (body) VALUES ($1)"

//go:embed migrations
var files embed.FS

// create makes the tables: the queue's, and the one that is written to.
func create(ctx context.Context, url string) error {
	d, err := db.Open(ctx, url, db.Config{}, sqlite.Engine, postgres.Engine)
	if err != nil {
		return err
	}
	defer d.Close(context.WithoutCancel(ctx))
	tables, err := fs.Sub(files, "migrations")
	if err != nil {
		return err
	}
	m, err := migrate.New(d, tables, migrate.Config{Logger: quiet, Sources: []migrate.Source{jobs.Migrations()}})
	if err != nil {
		return err
	}
	_, err = m.Up(ctx)
	return err
}

// note is the arguments of the job.
type note struct {
	Text string `json:"text"`
}

func (note) Kind() string { return "bench.note" }

var quiet = slog.New(slog.DiscardHandler)
