package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/postgres"
	"github.com/terem-go/terem/internal/pgserver"
)

// limit ends a test that hangs, as it would for want of a connection that an
// earlier unit did not give back.
const limit = 20 * time.Second

var databases atomic.Int64

// fresh returns the URL of a new database on the server that tests share.
func fresh(t testing.TB) string {
	t.Helper()
	s, err := pgserver.Shared(t.Context())
	return freshOn(t, s, err)
}

// own starts a server for a test that breaks or configures it.
func own(t testing.TB, o pgserver.Options) *pgserver.Server {
	t.Helper()
	s, err := pgserver.Start(t.Context(), o)
	need(t, err)
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func need(t testing.TB, err error) {
	t.Helper()
	switch {
	case errors.Is(err, pgserver.ErrNotInstalled) && os.Getenv("TEREM_TEST") != "all":
		t.Skip(err)
	case err != nil:
		t.Fatal(err)
	}
}

func freshOn(t testing.TB, s *pgserver.Server, err error) string {
	t.Helper()
	need(t, err)
	name := fmt.Sprintf("t%d", databases.Add(1))
	direct(t, s.URL("postgres"), "CREATE DATABASE "+name)
	return s.URL(name)
}

// direct runs SQL on a connection of its own.
func direct(t testing.TB, url string, sql ...string) {
	t.Helper()
	c := dial(t, url)
	for _, q := range sql {
		if _, err := c.Exec(t.Context(), q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
	_ = c.Close(t.Context())
}

// dial opens a connection of pgx's.
func dial(t testing.TB, url string) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(context.Background()) })
	return c
}

// one makes each pool of a URL hold a single connection, so that a unit that
// keeps its connection stops the next one.
func one(url string) string { return with(url, "pool_max_conns=1") }

func with(url, parameter string) string {
	if strings.Contains(url, "?") {
		return url + "&" + parameter
	}
	return url + "?" + parameter
}

// open opens a database for a test.
func open(t testing.TB, url string) *db.DB {
	t.Helper()
	return openWith(t, url, db.Config{})
}

func openWith(t testing.TB, url string, c db.Config) *db.DB {
	t.Helper()
	if c.Logger == nil {
		c.Logger = slog.New(slog.NewTextHandler(t.Output(), nil))
	}
	d, err := db.Open(t.Context(), url, c, postgres.Engine)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeDB(t, d) })
	return d
}

// closeDB closes a database, which hangs when a unit kept its connection.
func closeDB(t testing.TB, d *db.DB) {
	done := make(chan error, 1)
	go func() { done <- d.Close(context.Background()) }()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(limit):
		t.Error("Close hangs: a unit of work has kept its connection")
	}
}

// limited returns a context that ends a test that hangs.
func limited(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	t.Cleanup(cancel)
	return ctx
}

// eventually waits for something that another process or goroutine does.
func eventually(t testing.TB, what string, f func() bool) {
	t.Helper()
	for start := time.Now(); !f(); time.Sleep(5 * time.Millisecond) {
		if time.Since(start) > limit {
			t.Fatalf("it does not come about that %s", what)
		}
	}
}

// do runs statements in one session.
func do(t testing.TB, d *db.DB, sql ...string) {
	t.Helper()
	err := d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
		for _, q := range sql {
			if _, err := s.Exec(ctx, q); err != nil {
				return fmt.Errorf("%s: %w", q, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// value reads one value with a reader.
func value[T any](t testing.TB, d *db.DB, sql string, args ...any) (v T) {
	t.Helper()
	err := d.Read(limited(t), func(ctx context.Context, r *db.Reader) error {
		return r.QueryRow(ctx, sql, args...).Scan(&v)
	})
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
}

// backend returns the process of the server that a session of d runs on.
func backend(t testing.TB, d *db.DB) (pid int) {
	t.Helper()
	err := d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
		return s.QueryRow(ctx, "SELECT pg_backend_pid()").Scan(&pid)
	})
	if err != nil {
		t.Fatal(err)
	}
	return pid
}
