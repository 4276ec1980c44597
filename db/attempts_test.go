package db_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/errs"
)

// eachWithConflicts runs f on both engines, with a function that makes a
// statement of a session fail as a conflict with another unit of work. On
// SQLite, where units take turns, it stands in for the engine.
func eachWithConflicts(t *testing.T, f func(t *testing.T, d *db.DB, conflict func(context.Context, *db.Session) error)) {
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		f(t, d, func(ctx context.Context, s *db.Session) error {
			if s.Dialect() == db.Postgres {
				_, err := s.Exec(ctx, "DO $$ BEGIN RAISE EXCEPTION 'conflict' USING ERRCODE = 'serialization_failure'; END $$")
				return err
			}
			return s.Statement(ctx, "a statement", func(context.Context) error { return &db.Error{Class: db.Contended, Err: errPlain} })
		})
	})
}

func TestAConflictIsTriedAgain(t *testing.T) {
	t.Parallel()
	eachWithConflicts(t, func(t *testing.T, d *db.DB, conflict func(context.Context, *db.Session) error) {
		for name, answer := range map[string]func(error) error{
			"returned":  func(err error) error { return err },
			"replaced":  func(error) error { return errTaken.Here() },
			"swallowed": func(error) error { return nil },
			"kept":      func(err error) error { return db.Keep(err) },
		} {
			t.Run(name, func(t *testing.T) {
				attempts, hooks := 0, []int{}
				err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
					attempts++
					n := attempts
					if s.Attempt() != n {
						t.Errorf("%s: attempt %d says that it is %d", name, n, s.Attempt())
					}
					s.AfterCommit(func(context.Context) { hooks = append(hooks, n) })
					if err := write(ctx, s, fmt.Sprintf("%s: attempt %d", name, n)); err != nil || n == 3 {
						return err
					}
					return answer(conflict(ctx, s))
				})
				if err != nil {
					t.Fatal(err)
				}
				if got, want := notes(t, d, name+": "), []string{"attempt 3"}; !cmp.Equal(got, want) {
					t.Errorf("there are %q, want %q", got, want)
				}
				if want := []int{3}; !cmp.Equal(hooks, want) {
					t.Errorf("functions given to AfterCommit ran in attempts %v, want %v", hooks, want)
				}
			})
		}
	})
}

func TestAttemptsAreLimited(t *testing.T) {
	t.Parallel()
	eachWithConflicts(t, func(t *testing.T, d *db.DB, conflict func(context.Context, *db.Session) error) {
		for name, c := range map[string]struct {
			opts []db.Option
			want int
		}{
			"by default": {nil, 3},
			"to 0":       {[]db.Option{db.Attempts(0)}, 1},
			"to 1":       {[]db.Option{db.Attempts(1)}, 1},
			"to 5":       {[]db.Option{db.Attempts(5)}, 5},
		} {
			t.Run(name, func(t *testing.T) {
				attempts := 0
				err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
					attempts++
					_ = conflict(ctx, s)
					return nil
				}, c.opts...)
				if attempts != c.want {
					t.Errorf("%d attempts, want %d", attempts, c.want)
				}
				want{class: db.Contended, kind: errs.Unavailable}.check(t, err)
				if errs.From(err).RetryAfter <= 0 {
					t.Errorf("%v does not say when to try again", err)
				}
			})
		}
		t.Run("by the deadline", func(t *testing.T) {
			start := time.Now()
			err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
				return conflict(ctx, s)
			}, db.Attempts(1_000_000), db.Timeout(200*time.Millisecond))
			if err == nil || time.Since(start) > 10*time.Second {
				t.Errorf("ended after %s: %v", time.Since(start), err)
			}
		})
	})
}

func TestAConflictEscapesFromNested(t *testing.T) {
	t.Parallel()
	eachWithConflicts(t, func(t *testing.T, d *db.DB, conflict func(context.Context, *db.Session) error) {
		attempts := 0
		err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
			attempts++
			err := s.Nested(ctx, func(ctx context.Context, s *db.Session) error {
				if attempts > 1 {
					return nil
				}
				return conflict(ctx, s)
			})
			if failed := write(ctx, s, "outside"); attempts > 1 {
				return failed
			}
			if db.ClassOf(err) != db.Contended {
				t.Errorf("Nested returned %v", err)
			}
			return nil
		})
		if err != nil || attempts != 2 {
			t.Errorf("%d attempts, %v", attempts, err)
		}
		if got := notes(t, d, ""); !cmp.Equal(got, []string{"outside"}) {
			t.Errorf("there are %q", got)
		}
	})
}

// TestSerializable has two sessions that each write only when nobody else has,
// both having looked before either wrote: write skew.
func TestSerializable(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		var looked, done sync.WaitGroup
		looked.Add(2)
		for i := range 2 {
			done.Go(func() {
				first := true
				err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
					var n int
					if err := s.QueryRow(ctx, "SELECT count(*) FROM notes").Scan(&n); err != nil {
						return err
					}
					if first && s.Dialect() == db.Postgres { // SQLite has one session at a time
						first = false
						looked.Done()
						looked.Wait()
					}
					if n > 0 {
						return nil
					}
					return write(ctx, s, fmt.Sprint("first: ", i))
				}, db.Serializable)
				if err != nil {
					t.Error(err)
				}
			})
		}
		done.Wait()
		if got := notes(t, d, "first: "); len(got) != 1 {
			t.Errorf("both wrote: %q", got)
		}
	})
}

// TestDeadlock has two sessions that change two rows in opposite order.
func TestDeadlock(t *testing.T) {
	t.Parallel()
	d := dbtest.Postgres(t, migrations)
	bodies := []string{"left", "right"}
	err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
		_, err := s.Exec(ctx, "INSERT INTO notes (body) VALUES ($1), ($2)", bodies[0], bodies[1])
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var first, done sync.WaitGroup
	first.Add(2)
	var mu sync.Mutex
	attempts := 0
	for i := range 2 {
		done.Go(func() {
			met := false
			err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
				mu.Lock()
				attempts++
				mu.Unlock()
				const touch = "UPDATE notes SET body = body WHERE body = $1"
				if _, err := s.Exec(ctx, touch, bodies[i]); err != nil {
					return err
				}
				if !met {
					met = true
					first.Done()
					first.Wait()
				}
				_, err := s.Exec(ctx, touch, bodies[1-i])
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	done.Wait()
	if attempts < 3 {
		t.Errorf("%d attempts: there was no deadlock", attempts)
	}
}

// TestAStalePlanIsTriedAgain changes a table between two uses of one prepared
// statement on one connection.
func TestAStalePlanIsTriedAgain(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.PostgresURL(t, migrations)+"&pool_max_conns=1")
	attempts := 0
	look := func(ctx context.Context, q db.Querier) error {
		attempts++
		rows, err := q.Query(ctx, "SELECT * FROM notes")
		if err != nil {
			return err
		}
		rows.Close()
		return rows.Err()
	}
	units := map[string]func() error{
		"session": func() error {
			return d.Do(t.Context(), func(ctx context.Context, s *db.Session) error { return look(ctx, s) })
		},
		"reader": func() error {
			return d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error { return look(ctx, r) })
		},
	}
	for name, unit := range units {
		if err := unit(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	pool, err := d.Migrator()
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if _, err := pool.ExecContext(t.Context(), "ALTER TABLE notes ADD likes INTEGER"); err != nil {
		t.Fatal(err)
	}
	for name, unit := range units {
		attempts = 0
		if err := unit(); err != nil || attempts != 2 {
			t.Errorf("%s: %d attempts, %v", name, attempts, err)
		}
	}
}

// TestALostConnectionIsTriedOnceMore is row 12.
func TestALostConnectionIsTriedOnceMore(t *testing.T) {
	t.Parallel()
	d := dbtest.Postgres(t, migrations)
	for name, c := range map[string]struct {
		times, attempts int
		want            want
	}{
		"once":   {times: 1, attempts: 2},
		"always": {times: 100, attempts: 2, want: want{class: db.Unreachable, kind: errs.Unavailable}},
	} {
		t.Run(name, func(t *testing.T) {
			attempts := 0
			err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
				attempts++
				if err := write(ctx, s, name); err != nil || attempts > c.times {
					return err
				}
				_, err := s.Exec(ctx, "SELECT pg_terminate_backend(pg_backend_pid())")
				return err
			})
			c.want.check(t, err)
			if attempts != c.attempts {
				t.Errorf("%d attempts, want %d", attempts, c.attempts)
			}
		})
	}
}

// TestADeferredConstraintFailsAtCommit is row 9.
func TestADeferredConstraintFailsAtCommit(t *testing.T) {
	t.Parallel()
	reply := func(ctx context.Context, s *db.Session) error {
		_, err := s.Exec(ctx, "INSERT INTO replies (note) VALUES ('nobody''s')")
		return err
	}
	nested := func(ctx context.Context, s *db.Session) error { return s.Nested(ctx, reply) }
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		for name, f := range map[string]func(context.Context, *db.Session) error{"plain": reply, "nested": nested} {
			t.Run(name, func(t *testing.T) {
				attempts, hooks := 0, 0
				err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
					attempts++
					s.AfterCommit(func(context.Context) { hooks++ })
					if err := write(ctx, s, "mine"); err != nil {
						return err
					}
					return f(ctx, s)
				})
				want{class: db.ForeignKey, kind: errs.Conflict}.check(t, err)
				if got := notes(t, d, ""); len(got) > 0 || attempts != 1 || hooks != 0 {
					t.Errorf("there are %q after %d attempts and %d hooks", got, attempts, hooks)
				}
			})
		}
	})
}
