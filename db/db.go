// Package db gives an application units of work: one transaction per request,
// passed as a parameter, committed or rolled back as one.
//
//	d, err := db.Open(ctx, "sqlite:shop.db", db.Config{}, sqlite.Engine, postgres.Engine)
//
//	err = d.Do(ctx, func(ctx context.Context, s *db.Session) error {
//		_, err := s.Exec(ctx, "INSERT INTO notes (body) VALUES ($1)", "hello")
//		return err
//	})
//
// There is no Commit and no Rollback to call: Do commits when its function
// returns nil, and rolls back when it returns an error, panics, or when a
// statement failed and the function kept silent about it. A unit that conflicts
// with another is run again, so its function may run more than once; what must
// happen once and only after the commit goes into Session.AfterCommit.
//
// The same code runs on SQLite and PostgreSQL; db/sqlite and db/postgres are
// the engines. This package knows nothing of HTTP: package api gives each
// request its session.
package db

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// DB is a database. It is safe for use by many goroutines.
type DB struct {
	engine    Engine
	config    Config
	replicas  bool
	observers atomic.Pointer[[]Observer]
	hooks     sync.WaitGroup // AfterCommit functions that are running
	closed    sync.Once
}

// Config are the settings of a DB. Its zero value is usable.
type Config struct {
	// Logger gets what no caller can be told: a hook that panicked, a session
	// used after its end. The default is slog.Default().
	Logger *slog.Logger
	// CommitTimeout limits COMMIT and ROLLBACK, which a cancelled request does
	// not stop. The default is 5 s.
	CommitTimeout time.Duration
	// HookTimeout limits each function given to AfterCommit. The default is 30 s.
	HookTimeout time.Duration
	// Development logs what is harmless there and not in production: a statement
	// that takes more than 200 ms, and one that a unit of work sends more than 10
	// times. The default is to log only, everywhere, that a transaction was left
	// idle for more than 100 ms.
	Development bool
	// Strict makes Outside an error where it is a warning otherwise. It is meant
	// for tests, and set by package dbtest.
	Strict bool

	// Replicas are the URLs of databases that follow this one, for readers; a
	// Client says which of its reads may go there. One that cannot be reached is
	// left alone until it answers again. PostgreSQL only.
	Replicas []string
	// Pooler is "transaction" where a pooler such as PgBouncer hands a connection
	// of the server to another client after each transaction; Direct and Readers
	// are needed then. Empty means none, or one that keeps a connection for each
	// client. PostgreSQL only.
	Pooler string
	// Direct is a URL of the same database that leads past the pooler, for what
	// needs a connection of its own: locks of migrations, jobs that listen, and
	// the outcome of a COMMIT that was not answered. PostgreSQL only.
	Direct string
	// Readers is a URL of the same database for readers, by way of the pooler, as
	// a role whose default_transaction_read_only is on, which Ping checks. Those
	// of Replicas are for such a role, too. PostgreSQL only.
	Readers string
}

// Opener opens an engine for the URLs of its schemes. db/sqlite and db/postgres
// each have one, named Engine.
type Opener struct {
	// Schemes are the URL schemes that the engine is for, such as "sqlite".
	Schemes []string
	// Open opens the engine. It does not fail because a server is down: that
	// may pass.
	Open func(ctx context.Context, url string, c Config) (Engine, error)
}

// Open opens the database that url names with the engine that its scheme names.
// A server that is down is not an error here, since it may come up: Ping tells.
func Open(ctx context.Context, url string, c Config, engines ...Opener) (*DB, error) {
	scheme, _, _ := strings.Cut(url, ":")
	var known []string
	for _, o := range engines {
		for _, s := range o.Schemes {
			if s == scheme {
				c.Logger = cmp.Or(c.Logger, slog.Default())
				e, err := o.Open(ctx, url, c)
				if err != nil {
					return nil, err
				}
				return New(e, c), nil
			}
			known = append(known, s+":")
		}
	}
	return nil, fmt.Errorf("db: the database URL begins with none of %s", strings.Join(known, ", "))
}

// New returns a DB on an engine that is open already.
func New(e Engine, c Config) *DB {
	c.Logger = cmp.Or(c.Logger, slog.Default())
	c.CommitTimeout = cmp.Or(c.CommitTimeout, 5*time.Second)
	c.HookTimeout = cmp.Or(c.HookTimeout, 30*time.Second)
	d := &DB{engine: e, config: c, replicas: e.Replicated()}
	observers := []Observer{&idleness{c.Logger}}
	if c.Development {
		observers = append(observers, &habits{log: c.Logger})
	}
	d.observers.Store(&observers)
	return d
}

// Dialect returns the SQL dialect of the database.
func (d *DB) Dialect() Dialect { return d.engine.Dialect() }

// Engine returns what the database was opened with, for functions of the engine's
// own package.
func (d *DB) Engine() Engine { return d.engine }

// Replicated reports whether the database has replicas for readers.
func (d *DB) Replicated() bool { return d.replicas }

// Ping reports whether the database answers, replicas aside. Behind a pooler it
// fails for readers that could write.
func (d *DB) Ping(ctx context.Context) error { return d.engine.Ping(ctx) }

// Migrator opens a database/sql pool of one connection for migrations, past a
// pooler. The caller closes it.
func (d *DB) Migrator() (*sql.DB, error) { return d.engine.Migrator() }

// Close waits for AfterCommit functions that are running, until ctx ends, and
// closes every connection. Closing a closed DB does nothing.
func (d *DB) Close(ctx context.Context) error {
	done := make(chan struct{})
	go func() { d.hooks.Wait(); close(done) }()
	var waited error
	select {
	case <-done:
	case <-ctx.Done():
		waited = fmt.Errorf("db: gave up waiting for AfterCommit functions: %w", ctx.Err())
	}
	var failed error
	d.closed.Do(func() { failed = d.engine.Close() })
	return errors.Join(waited, failed)
}
