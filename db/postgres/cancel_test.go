package postgres_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/terem-go/terem/db"
)

// TestCanceledStatements is row 14: the statement is cancelled at the server and
// the connection lives on.
func TestCanceledStatements(t *testing.T) {
	t.Parallel()
	const slow = "SELECT pg_sleep(30)"
	for name, f := range map[string]func(context.Context, *db.Session) error{
		"the first statement": func(ctx context.Context, s *db.Session) error {
			_, err := s.Exec(ctx, slow)
			return err
		},
		"a later statement": func(ctx context.Context, s *db.Session) error {
			_, _ = s.Exec(ctx, "SELECT 1")
			_, err := s.Exec(ctx, slow)
			return err
		},
		"a statement in Nested": func(ctx context.Context, s *db.Session) error {
			return s.Nested(ctx, func(ctx context.Context, s *db.Session) error {
				_, err := s.Exec(ctx, slow)
				return err
			})
		},
		"rows that are being read": func(ctx context.Context, s *db.Session) error {
			rows, err := s.Query(ctx, "SELECT n, pg_sleep(0.001) FROM generate_series(1, 100000) n")
			if err != nil {
				return err
			}
			for rows.Next() {
			}
			return rows.Err()
		},
		"rows that nobody reads": func(ctx context.Context, s *db.Session) error {
			rows, err := s.Query(ctx, "SELECT n, pg_sleep(0.001) FROM generate_series(1, 100000) n")
			if err != nil {
				return err
			}
			<-ctx.Done()
			rows.Close()
			return rows.Err()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := open(t, one(fresh(t)))
			before, start := backend(t, d), time.Now()
			err := d.Do(limited(t), f, db.Timeout(200*time.Millisecond))
			if db.ClassOf(err) != db.Canceled || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("Do returned %v (class %d)", err, db.ClassOf(err))
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("it took %v", took)
			}
			if after := backend(t, d); after != before {
				t.Error("the connection was replaced")
			}
		})
	}
}

// TestCanceledBetweenStatements is row 7: ROLLBACK is sent all the same.
func TestCanceledBetweenStatements(t *testing.T) {
	t.Parallel()
	d := open(t, one(fresh(t)))
	do(t, d, notes)
	before := backend(t, d)
	ctx, cancel := context.WithCancel(limited(t))
	err := d.Do(ctx, func(ctx context.Context, s *db.Session) error {
		err := insert(ctx, s, 1)
		cancel()
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Do returned %v", err)
	}
	if value[int](t, d, "SELECT count(*) FROM notes") != 0 {
		t.Error("the session was committed")
	}
	if backend(t, d) != before {
		t.Error("the connection was replaced")
	}
}

func TestCanceledWhileWaitingForAConnection(t *testing.T) {
	t.Parallel()
	d := open(t, one(fresh(t)))
	err := d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
		if _, err := s.Exec(ctx, "SELECT 1"); err != nil {
			return err
		}
		second := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
			_, err := s.Exec(ctx, "SELECT 1")
			return err
		}, db.Timeout(50*time.Millisecond))
		if db.ClassOf(second) != db.Canceled || !errors.Is(second, context.DeadlineExceeded) {
			t.Errorf("the second unit returned %v (class %d)", second, db.ClassOf(second))
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestServerTimeouts are those that the server finds, not a context.
func TestServerTimeouts(t *testing.T) {
	t.Parallel()
	url := fresh(t)
	d := open(t, with(one(url), "statement_timeout=100ms&lock_timeout=50ms"))
	do(t, d, "CREATE TABLE locked (id int)")
	holder := dial(t, url)
	if _, err := holder.Exec(t.Context(), "BEGIN; LOCK TABLE locked"); err != nil {
		t.Fatal(err)
	}
	for sql, code := range map[string]string{
		"SELECT pg_sleep(30)":  "57014",
		"SELECT * FROM locked": "55P03",
	} {
		err := d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
			_, err := s.Exec(ctx, sql)
			return err
		})
		var e *db.Error
		if !errors.As(err, &e) || e.Class != db.TimedOut || e.Code != code {
			t.Errorf("%s: %v, want class TimedOut, code %s", sql, err, code)
		}
	}
}
