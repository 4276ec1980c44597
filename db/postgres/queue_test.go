package postgres_test

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/postgres"
	"github.com/terem-go/terem/errs"
)

// hold runs f while a session has a connection, and a reader another one.
func hold(t testing.TB, d *db.DB, f func()) {
	t.Helper()
	err := d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
		if _, err := s.Exec(ctx, "SELECT 1"); err != nil {
			return err
		}
		return d.Read(limited(t), func(ctx context.Context, r *db.Reader) error {
			rows, err := r.Query(ctx, "SELECT 1")
			if err != nil {
				return err
			}
			defer rows.Close()
			f()
			return rows.Err()
		})
	})
	if err != nil {
		t.Error(err)
	}
}

// once runs a statement in a session of its own.
func once(ctx context.Context, d *db.DB, sql string, args ...any) error {
	return d.Do(ctx, func(ctx context.Context, s *db.Session) error {
		_, err := s.Exec(ctx, sql, args...)
		return err
	})
}

// look runs a statement in a reader of its own.
func look(ctx context.Context, d *db.DB, sql string) error {
	return d.Read(ctx, func(ctx context.Context, r *db.Reader) error {
		rows, err := r.Query(ctx, sql)
		if err != nil {
			return err
		}
		rows.Close()
		return rows.Err()
	})
}

// TestWaiting is row 23: a unit that would wait for too long is refused.
func TestWaiting(t *testing.T) {
	t.Parallel()
	t.Run("too long", func(t *testing.T) {
		t.Parallel()
		d := open(t, with(one(fresh(t)), "max_wait=50ms"))
		hold(t, d, func() {
			for what, err := range map[string]error{
				"a connection":            once(limited(t), d, "SELECT 1"),
				"a connection that reads": look(limited(t), d, "SELECT 1"),
			} {
				if db.ClassOf(err) != db.Busy || !strings.Contains(err.Error(), "waited 50ms for "+what+" (max_wait)") {
					t.Errorf("for %s: %v", what, err)
				}
				if e := errs.From(err); e.Kind != errs.Unavailable || e.RetryAfter == 0 {
					t.Errorf("the caller is told %v", e)
				}
			}
		})
		if err := once(limited(t), d, "SELECT 1"); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	})
	t.Run("too long by default", func(t *testing.T) {
		t.Parallel()
		d := open(t, one(fresh(t)))
		hold(t, d, func() {
			start := time.Now()
			err := once(limited(t), d, "SELECT 1")
			if took := time.Since(start); db.ClassOf(err) != db.Busy || took < 900*time.Millisecond {
				t.Errorf("after %v: %v", took, err)
			}
		})
	})
	t.Run("too many", func(t *testing.T) {
		t.Parallel()
		d := open(t, with(one(fresh(t)), "max_wait=10s&max_waiting=2"))
		var refused atomic.Int64
		var group sync.WaitGroup
		hold(t, d, func() {
			for range 5 {
				group.Go(func() {
					err := once(limited(t), d, "SELECT 1")
					switch {
					case db.ClassOf(err) == db.Busy && strings.Contains(err.Error(), "2 units are waiting"):
						refused.Add(1)
					case err != nil:
						t.Error(err)
					}
				})
			}
			eventually(t, "three of five are refused where two may wait", func() bool { return refused.Load() == 3 })
		})
		group.Wait()
		if n := refused.Load(); n != 3 {
			t.Errorf("%d of 5 were refused where 2 may wait", n)
		}
	})
}

// Who waited in vain, or lost its connection, leaves no place taken.
func TestPlacesAreGivenBack(t *testing.T) {
	t.Parallel()
	d := open(t, with(one(fresh(t)), "max_wait=50ms"))
	for range 3 {
		hold(t, d, func() { _ = once(limited(t), d, "SELECT 1") })
		_ = once(limited(t), d, "SELECT pg_terminate_backend(pg_backend_pid())")
		_ = look(limited(t), d, "SELECT pg_terminate_backend(pg_backend_pid())")
		eventually(t, "a session gets a connection", func() bool { return once(limited(t), d, "SELECT 1") == nil })
		eventually(t, "a reader gets a connection", func() bool { return look(limited(t), d, "SELECT 1") == nil })
	}
	unreachable := open(t, with(one("postgres://nobody@127.0.0.1:1/nowhere"), "max_wait=50ms"))
	for range 3 {
		if err := once(limited(t), unreachable, "SELECT 1"); db.ClassOf(err) != db.Unreachable {
			t.Errorf("without a server: %v", err)
		}
	}
}

func TestBadLimits(t *testing.T) {
	t.Parallel()
	for option, want := range map[string]string{
		"max_waiting=0":    "max_waiting of the database URL is a number from 1",
		"max_waiting=many": "max_waiting of the database URL is a number from 1",
		"max_wait=5":       "max_wait of the database URL is a duration such as 500ms or 5s",
		"max_wait=-1s":     "max_wait of the database URL is a duration such as 500ms or 5s",
	} {
		_, err := db.Open(t.Context(), "postgres://app:s3cret@host/shop?"+option, db.Config{}, postgres.Engine)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", option, err)
		}
	}
}
