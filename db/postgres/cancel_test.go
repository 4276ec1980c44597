package postgres_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
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

// TestCanceledInAStatement is row 7, too.
func TestCanceledInAStatement(t *testing.T) {
	t.Parallel()
	url := fresh(t)
	d := open(t, one(url))
	do(t, d, notes)
	before := backend(t, d)
	ctx, cancel := context.WithCancel(limited(t))
	time.AfterFunc(100*time.Millisecond, cancel)
	start := time.Now()
	err := d.Do(ctx, func(ctx context.Context, s *db.Session) error {
		_, err := s.Exec(ctx, "INSERT INTO notes SELECT n FROM generate_series(1, 1000) n, pg_sleep(30)")
		return err
	})
	if db.ClassOf(err) != db.Canceled || time.Since(start) > 5*time.Second {
		t.Errorf("after %v: %v", time.Since(start), err)
	}
	if value[int](t, d, "SELECT count(*) FROM notes") != 0 {
		t.Error("the session was committed")
	}
	if backend(t, d) != before {
		t.Error("the connection was replaced")
	}
}

// TestCanceledDuringCommit is row 8: COMMIT goes on, and what comes after it.
func TestCanceledDuringCommit(t *testing.T) {
	t.Parallel()
	d := open(t, one(fresh(t)))
	do(t, d, notes,
		"CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.3); RETURN NULL; END $$",
		"CREATE CONSTRAINT TRIGGER slowly AFTER INSERT ON notes DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION slowly()")
	before := backend(t, d)
	ctx, cancel := context.WithCancel(limited(t))
	d.Observe(atCommit(func() { time.AfterFunc(100*time.Millisecond, cancel) }))
	hooks := 0
	err := d.Do(ctx, func(ctx context.Context, s *db.Session) error {
		s.AfterCommit(func(ctx context.Context) {
			if hooks++; ctx.Err() != nil {
				t.Errorf("the hook's context has ended: %v", ctx.Err())
			}
		})
		return insert(ctx, s, 1)
	})
	if err != nil || hooks != 1 || ctx.Err() == nil {
		t.Errorf("Do returned %v, %d hooks; the client is gone: %t", err, hooks, ctx.Err() != nil)
	}
	if n := value[int](t, d, "SELECT count(*) FROM notes"); n != 1 {
		t.Errorf("%d rows", n)
	}
	if backend(t, d) != before {
		t.Error("the connection was replaced")
	}
}

// atCommit is an observer that calls a function when COMMIT is about to be sent.
type atCommit func()

func (f atCommit) Begin(ctx context.Context, _ *db.Attempt) context.Context { return ctx }

func (f atCommit) Before(ctx context.Context, a *db.Attempt) (context.Context, error) {
	if a.SQL == "COMMIT" {
		f()
	}
	return ctx, nil
}

func (f atCommit) After(context.Context, *db.Attempt, error) {}
func (f atCommit) End(context.Context, *db.Attempt)          {}

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

// TestServerTimeouts is row 15: limits that the server keeps, not a context.
func TestServerTimeouts(t *testing.T) {
	t.Parallel()
	url := fresh(t)
	d := open(t, with(one(url), "statement_timeout=100ms&lock_timeout=50ms"))
	do(t, d, "CREATE TABLE locked (id int)", notes)
	before := backend(t, d)
	holder := dial(t, url)
	if _, err := holder.Exec(t.Context(), "BEGIN; LOCK TABLE locked"); err != nil {
		t.Fatal(err)
	}
	for sql, want := range map[string]struct {
		code  string
		class db.Class
		kind  errs.Kind // 503 and 504
	}{
		"SELECT pg_sleep(30)":  {"57014", db.TooLong, errs.Timeout},
		"SELECT * FROM locked": {"55P03", db.TimedOut, errs.Unavailable},
	} {
		attempts := 0
		err := d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
			attempts++
			if err := insert(ctx, s, 1); err != nil {
				return err
			}
			_, err := s.Exec(ctx, sql)
			return err
		})
		var e *db.Error
		if !errors.As(err, &e) || e.Class != want.class || e.Code != want.code || errs.From(err).Kind != want.kind || attempts != 1 {
			t.Errorf("%s: %v after %d attempts (%v), want class %d, code %s", sql, err, attempts, errs.From(err).Kind, want.class, want.code)
		}
	}
	if value[int](t, d, "SELECT count(*) FROM notes") != 0 || backend(t, d) != before {
		t.Error("the session was not rolled back, or the connection was replaced")
	}
}
