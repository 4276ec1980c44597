package sqlite_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/sqlite"
)

// A member that keeps finished ones waiting loses its place while it is between
// two statements, whatever it does there. The others are answered meanwhile, and
// it runs again alone, which does not count as an attempt.
func TestSlowMember(t *testing.T) {
	t.Parallel()
	own := errors.New("the function's own error")
	displaced := func(t *testing.T, err error) {
		var e *db.Error
		if !errors.As(err, &e) || e.Class != db.Contended || !e.Displaced {
			t.Errorf("it is told %v", err)
		}
	}
	for name, slow := range map[string]func(t *testing.T, ctx context.Context, s *db.Session, wait func()) error{
		"a further statement": func(t *testing.T, ctx context.Context, s *db.Session, wait func()) error {
			wait()
			_, err := s.Exec(ctx, "SELECT 1")
			displaced(t, err)
			return err
		},
		"a failure that it hides": func(t *testing.T, ctx context.Context, s *db.Session, wait func()) error {
			wait()
			_, err := s.Exec(ctx, "SELECT 1")
			displaced(t, err)
			return own
		},
		"nothing more": func(_ *testing.T, _ context.Context, _ *db.Session, wait func()) error {
			wait()
			return nil
		},
		"with rows open": func(t *testing.T, ctx context.Context, s *db.Session, wait func()) error {
			rows, err := s.Query(ctx, "SELECT 1 UNION ALL SELECT 2")
			if err != nil || !rows.Next() {
				t.Errorf("no rows: %v", err)
			}
			wait()
			displaced(t, rows.Scan(new(int)))
			if rows.Next() {
				t.Error("there is another row")
			}
			displaced(t, rows.Err())
			return nil
		},
		"in Nested": func(t *testing.T, ctx context.Context, s *db.Session, wait func()) error {
			err := s.Nested(ctx, func(context.Context, *db.Session) error { wait(); return nil })
			displaced(t, err)
			return nil
		},
		"through Native": func(t *testing.T, ctx context.Context, s *db.Session, wait func()) error {
			wait()
			_, err := sqlite.Native(s).ExecContext(ctx, "SELECT 1")
			displaced(t, err)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, _ := counter(t, "")
			first, attempts := make(chan error, 1), 0
			var ended error
			done := make(chan struct{})
			hold(t, d, func() {
				go func() { first <- d.Do(t.Context(), adds(1)) }()
				await(t, d, 1)
				go func() {
					defer close(done)
					ended = d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
						attempts++
						if err := adds(2)(ctx, s); err != nil {
							return err
						}
						if attempts > 1 { // alone, as slowly as it likes
							time.Sleep(20 * time.Millisecond)
							if attempts < 4 {
								return s.Statement(ctx, "a statement", func(context.Context) error { return &db.Error{Class: db.Contended, Err: own} })
							}
							return nil
						}
						return slow(t, ctx, s, func() {
							select {
							case err := <-first:
								if err != nil {
									t.Errorf("the unit that waited: %v", err)
								}
							case <-time.After(10 * time.Second):
								t.Error("the finished unit is kept waiting")
							}
							// Nor does anybody else wait for it.
							if err := insert(t.Context(), d, 3); err != nil {
								t.Error(err)
							}
						})
					})
				}()
				await(t, d, 2)
			})
			<-done
			if ended != nil || attempts != 4 { // three that count
				t.Errorf("after %d attempts: %v", attempts, ended)
			}
			if diff := cmp.Diff([]int{1, 3, 2}, arrived(t, d)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

// A member that judged by what it read, and then lost its place, has told the
// truth: what it read is committed.
func TestSlowMemberWithAnError(t *testing.T) {
	t.Parallel()
	d, _ := counter(t, "")
	own, attempts := errors.New("the function's own error"), 0
	ended := meet(t, d, adds(1), func(ctx context.Context, s *db.Session) error {
		attempts++
		_, err := s.Exec(ctx, "SELECT 1")
		time.Sleep(50 * time.Millisecond)
		return errors.Join(own, err)
	})
	if ended[0] != nil || !errors.Is(ended[1], own) || attempts != 1 {
		t.Errorf("after %d attempts: %v", attempts, ended)
	}
}

// When SQLite rolls back by itself, each member tries again alone: the one whose
// statement it was, since that may have failed because of the others, and these
// at no cost to their attempts.
func TestSQLiteRollsBackTheGroup(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		sql          string
		first, later db.Class // of the last attempt, before and after the first unit was written
	}{
		"by what is there":             {"INSERT OR ROLLBACK INTO t VALUES (1, 9)", db.Unique, db.Unique},
		"by what another member wrote": {"INSERT OR ROLLBACK INTO t SELECT 1000, 9 WHERE EXISTS (SELECT 1 FROM t WHERE who = 1 AND id < 100) UNION ALL SELECT 1000, 9", db.Other, db.Unique},
		"by a trigger":                 {"INSERT INTO forbidden VALUES (1)", db.Check, db.Check},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, _ := patient(t, "")
			do(t, d, "INSERT INTO t VALUES (1, 0)", "CREATE TABLE forbidden (id INTEGER)",
				"CREATE TRIGGER tr BEFORE INSERT ON forbidden BEGIN SELECT RAISE(ROLLBACK, 'forbidden'); END")
			ran := make([]int, 4)
			counted := func(i int, f session) session {
				return func(ctx context.Context, s *db.Session) error { ran[i]++; return f(ctx, s) }
			}
			class := c.first // those who try alone do so in any order
			bad := func(ctx context.Context, s *db.Session) error {
				var written bool
				if ran[2] == 2 {
					if err := s.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM t WHERE who = 1)").Scan(&written); err != nil {
						return err
					}
				}
				if written {
					class = c.later
				}
				err := s.Nested(ctx, func(ctx context.Context, s *db.Session) error {
					_, err := s.Exec(ctx, c.sql)
					return err
				})
				if ran[2] == 1 {
					var e *db.Error
					if !errors.As(err, &e) || !e.Displaced {
						t.Errorf("it is told %v", err)
					}
					_ = adds(-1)(ctx, s) // a handler that goes on
					return nil
				}
				return err
			}
			ended := meet(t, d, counted(0, adds(1)), counted(1, adds(2)), counted(2, bad), counted(3, adds(3)))
			for i, err := range ended {
				if want := map[bool]db.Class{true: class}[i == 2]; db.ClassOf(err) != want || i != 2 && err != nil {
					t.Errorf("unit %d ended with %v", i, err)
				}
			}
			if diff := cmp.Diff([]int{2, 2, 2, 1}, ran); diff != "" {
				t.Errorf("attempts (-want +got):\n%s", diff)
			}
			if n := count(t, d, "SELECT count(*) FROM t WHERE who IN (1, 2, 3)"); n != 3 {
				t.Errorf("%d of 3 rows: %v", n, arrived(t, d))
			}
			if n := count(t, d, "SELECT count(*) FROM t WHERE who = -1"); n != 0 {
				t.Error("what was written after the rollback is there")
			}
		})
	}
}

// A failure that goes back to what another member wrote is no answer if that is
// undone.
func TestFailureByWhatIsUndone(t *testing.T) {
	t.Parallel()
	d, _ := patient(t, "")
	taken, ran := errors.New("taken"), 0
	do(t, d, "INSERT INTO t VALUES (1, 0)")
	ended := meet(t, d,
		func(ctx context.Context, s *db.Session) error {
			_, err := s.Exec(ctx, "INSERT INTO t VALUES (2, 1)")
			return err
		},
		func(ctx context.Context, s *db.Session) error {
			ran++
			var n int
			if err := s.QueryRow(ctx, "SELECT count(*) FROM t").Scan(&n); err != nil {
				return err
			}
			if ran == 1 && n != 2 {
				t.Errorf("%d rows", n)
			}
			return taken
		},
		func(ctx context.Context, s *db.Session) error {
			_, err := s.Exec(ctx, "INSERT OR ROLLBACK INTO t VALUES (1, 9)")
			return err
		})
	if ended[0] != nil || !errors.Is(ended[1], taken) || ran != 2 || db.ClassOf(ended[2]) != db.Unique {
		t.Errorf("after %d attempts: %v", ran, ended)
	}
}

// Without room SQLite may roll back: the unit that found out is told, others try
// alone.
func TestFullGroup(t *testing.T) {
	t.Parallel()
	d, _ := patient(t, "")
	do(t, d, "CREATE TABLE big (data BLOB)", "PRAGMA max_page_count = 20")
	attempts := 0
	ended := meet(t, d, adds(1), func(ctx context.Context, s *db.Session) error {
		attempts++
		_, err := s.Exec(ctx, "INSERT INTO big VALUES (zeroblob(1000000))")
		return err
	}, adds(2))
	if ended[0] != nil || ended[2] != nil || db.ClassOf(ended[1]) != db.Full || attempts != 1 {
		t.Errorf("after %d attempts: %v", attempts, ended)
	}
	if n := count(t, d, "SELECT count(*) FROM t"); n != 2 {
		t.Errorf("%d rows", n)
	}
}

// A COMMIT that fails is no success for anybody. Those who shared it try alone,
// at no cost to their attempts.
func TestCommitFails(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		times    int64
		attempts int
		class    db.Class
	}{
		"once":   {1, 2, db.Other},
		"always": {1000, 1 + 3, db.Contended},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, _ := patient(t, "")
			var failing atomic.Int64
			sqlite.FailCommits(d, func() bool { return failing.Add(-1) >= 0 })
			ran, units := make([]int, 3), make([]session, 3)
			for i := range units {
				units[i] = func(ctx context.Context, s *db.Session) error {
					ran[i]++
					err := adds(i)(ctx, s)
					if i == 2 && ran[i] == 1 {
						failing.Store(c.times)
					}
					return err
				}
			}
			rows := 0
			for i, err := range meet(t, d, units...) {
				if db.ClassOf(err) != c.class || ran[i] != c.attempts {
					t.Errorf("unit %d after %d attempts: %v", i, ran[i], err)
				}
				if err == nil {
					rows++
				}
			}
			if n := count(t, d, "SELECT count(*) FROM t"); n != rows {
				t.Errorf("%d rows, %d of them acknowledged", n, rows)
			}
		})
	}
}
