package postgres_test

import (
	"context"
	"errors"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/postgres"
)

var errHandler = errors.New("the handler's own error")

// notes is a table whose constraint is checked by COMMIT.
const notes = "CREATE TABLE notes (id int CONSTRAINT notes_once UNIQUE DEFERRABLE INITIALLY DEFERRED, body text)"

func insert(ctx context.Context, s *db.Session, id int) error {
	_, err := s.Exec(ctx, "INSERT INTO notes (id) VALUES ($1)", id)
	return err
}

// TestUnits tells what becomes of what a unit wrote, and that its connection is
// in order afterwards: it is the only one, and stays the same.
func TestUnits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		f    func(context.Context, *db.Session) error
		kept []int64  // what is in the table afterwards
		is   error    // in the tree of what Do returns
		as   db.Class // of the failure
		call func(func())
	}{
		{name: "success", kept: []int64{1},
			f: func(ctx context.Context, s *db.Session) error { return insert(ctx, s, 1) }},
		{name: "unused", f: func(context.Context, *db.Session) error { return nil }},
		{name: "an error of the function", is: errHandler,
			f: func(ctx context.Context, s *db.Session) error {
				return errors.Join(insert(ctx, s, 1), errHandler)
			}},
		{name: "an error whose writes stay", kept: []int64{1}, is: errHandler,
			f: func(ctx context.Context, s *db.Session) error {
				return errors.Join(insert(ctx, s, 1), db.Keep(errHandler))
			}},
		{name: "a failure that is swallowed", is: db.ErrSwallowed, as: db.Data,
			f: func(ctx context.Context, s *db.Session) error {
				err := insert(ctx, s, 1)
				_, _ = s.Exec(ctx, "SELECT 1/0")
				return err
			}},
		{name: "a failure behind Keep", as: db.Data,
			f: func(ctx context.Context, s *db.Session) error {
				_ = insert(ctx, s, 1)
				_, err := s.Exec(ctx, "SELECT 1/0")
				return db.Keep(err)
			}},
		{name: "a failure of the first statement", as: db.Data,
			f: func(ctx context.Context, s *db.Session) error {
				_, err := s.Exec(ctx, "SELECT 1/$1::int", 0)
				return err
			}},
		{name: "SQL that is wrong", is: db.ErrSwallowed,
			f: func(ctx context.Context, s *db.Session) error {
				_, _ = s.Exec(ctx, "INSERT INTO nowhere VALUES ($1)", 1)
				return nil
			}},
		{name: "two commands in one statement", is: db.ErrSwallowed,
			f: func(ctx context.Context, s *db.Session) error {
				err := insert(ctx, s, 1)
				_, _ = s.Exec(ctx, "COMMIT; BEGIN")
				return err
			}},
		{name: "rows left open", kept: []int64{1},
			f: func(ctx context.Context, s *db.Session) error {
				if err := insert(ctx, s, 1); err != nil {
					return err
				}
				rows, err := s.Query(ctx, "SELECT generate_series(1, 1000)")
				rows.Next()
				return err
			}},
		{name: "rows that fail and are left open", is: db.ErrSwallowed, as: db.Data,
			f: func(ctx context.Context, s *db.Session) error {
				if err := insert(ctx, s, 1); err != nil {
					return err
				}
				rows, err := s.Query(ctx, "SELECT 1/(100-n) FROM generate_series(1, 1000) n")
				rows.Next()
				return err
			}},
		{name: "a panic", call: panics,
			f: func(ctx context.Context, s *db.Session) error {
				rows, _ := s.Query(ctx, "INSERT INTO notes SELECT generate_series(1, 1000) RETURNING id")
				rows.Next()
				panic(errHandler)
			}},
		{name: "an end of the goroutine", call: exits,
			f: func(ctx context.Context, s *db.Session) error {
				_ = insert(ctx, s, 1)
				runtime.Goexit()
				return nil
			}},
		{name: "a constraint that COMMIT finds broken", as: db.Unique,
			f: func(ctx context.Context, s *db.Session) error {
				return errors.Join(insert(ctx, s, 1), insert(ctx, s, 1))
			}},
		{name: "Nested", kept: []int64{1, 2, 4},
			f: func(ctx context.Context, s *db.Session) error {
				return errors.Join(insert(ctx, s, 1), s.Nested(ctx, func(ctx context.Context, s *db.Session) error {
					failed := s.Nested(ctx, func(ctx context.Context, s *db.Session) error {
						return errors.Join(insert(ctx, s, 3), errHandler)
					})
					if !errors.Is(failed, errHandler) {
						return failed
					}
					return insert(ctx, s, 2)
				}), insert(ctx, s, 4))
			}},
		{name: "Nested around failures", kept: []int64{2},
			f: func(ctx context.Context, s *db.Session) error {
				for _, sql := range []string{"SELECT 1/0", "INSERT INTO nowhere VALUES (1)", "SELECT 1/0"} {
					failed := s.Nested(ctx, func(ctx context.Context, s *db.Session) error {
						_ = insert(ctx, s, 1)
						_, _ = s.Exec(ctx, sql)
						return nil
					})
					if failed == nil {
						return errors.New("a failure in Nested was lost")
					}
				}
				return insert(ctx, s, 2)
			}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := open(t, one(fresh(t)))
			do(t, d, notes)
			before := backend(t, d)

			var err error
			do := func() { err = d.Do(limited(t), c.f) }
			if c.call == nil {
				do()
			} else {
				c.call(do)
			}

			if c.is != nil && !errors.Is(err, c.is) || db.ClassOf(err) != c.as || c.is == nil && c.as == db.Other && err != nil {
				t.Errorf("Do returned %v (class %d)", err, db.ClassOf(err))
			}
			kept := value[[]int64](t, d, "SELECT array_agg(id ORDER BY id)::bigint[] FROM notes")
			if diff := cmp.Diff(c.kept, kept); diff != "" {
				t.Errorf("the table holds (-want +got):\n%s", diff)
			}
			if after := backend(t, d); after != before {
				t.Errorf("the connection was replaced")
			}
		})
	}
}

func panics(f func()) {
	defer func() { _ = recover() }()
	f()
}

func exits(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	<-done
}

// TestOwnTransactions is row 25: a handler's SQL that ends the transaction.
func TestOwnTransactions(t *testing.T) {
	t.Parallel()
	for _, sql := range []string{
		"COMMIT", "ROLLBACK", "COMMIT AND CHAIN", "rollback and  chain", "ABORT", "END", "PREPARE TRANSACTION 'x'",
	} {
		for _, first := range []bool{true, false} {
			name := sql + " later"
			if first {
				name = sql + " first"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				d := open(t, one(fresh(t)))
				do(t, d, notes)
				err := d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
					if !first {
						if err := insert(ctx, s, 1); err != nil {
							return err
						}
					}
					_, _ = s.Exec(ctx, sql)
					if insert(ctx, s, 2) == nil {
						t.Error("the session goes on without its transaction")
					}
					return nil
				})
				if !errors.Is(err, db.ErrSwallowed) {
					t.Errorf("Do returned %v", err)
				}
				if n := value[int](t, d, "SELECT count(*) FROM notes WHERE id = 2"); n != 0 {
					t.Error("a statement after the transaction was kept")
				}
				eventually(t, "no connection is inside a transaction", func() bool {
					return value[int](t, d, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'") == 0
				})
				do(t, d, "DELETE FROM notes")
			})
		}
	}
}

// The engine itself refuses what comes after, too: a statement would begin
// another transaction, without what was written before.
func TestEndedTransactionStaysEnded(t *testing.T) {
	t.Parallel()
	for _, sql := range []string{"COMMIT", "SELECT pg_terminate_backend(pg_backend_pid())"} {
		c, err := pgxpool.ParseConfig(fresh(t))
		if err != nil {
			t.Fatal(err)
		}
		e, err := postgres.New(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		ctx, tx := limited(t), e.Begin(db.Options{})
		_, failed := tx.Exec(ctx, sql, nil)
		_, later := tx.Exec(ctx, "SELECT 1", nil)
		if failed == nil || later == nil || tx.Commit(ctx) == nil || tx.Rollback(ctx) != nil {
			t.Errorf("%s: %v; a later statement: %v", sql, failed, later)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestRollbackToIsNoEnd(t *testing.T) {
	t.Parallel()
	d := open(t, one(fresh(t)))
	do(t, d, notes, "SAVEPOINT chain", "INSERT INTO notes (id) VALUES (1)", "ROLLBACK TO chain", "INSERT INTO notes (id) VALUES (2)")
	if ids := value[[]int64](t, d, "SELECT array_agg(id)::bigint[] FROM notes"); len(ids) != 1 || ids[0] != 2 {
		t.Errorf("the table holds %v", ids)
	}
}

func TestUnusedSessionNeedsNoServer(t *testing.T) {
	t.Parallel()
	d := open(t, "postgres://nobody@127.0.0.1:1/nowhere")
	for range 2 {
		if err := d.Do(t.Context(), func(context.Context, *db.Session) error { return nil }); err != nil {
			t.Error(err)
		}
		if err := d.Read(t.Context(), func(context.Context, *db.Reader) error { return nil }, db.Snapshot); err != nil {
			t.Error(err)
		}
	}
}
