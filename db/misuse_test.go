package db_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/errs"
)

// TestUseAfterTheEnd is row 17: whoever keeps a session, a reader or rows gets
// ErrEnded and nothing else.
func TestUseAfterTheEnd(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		var s *db.Session
		var r *db.Reader
		var rows db.Rows
		err := d.Do(t.Context(), func(ctx context.Context, session *db.Session) (err error) {
			s = session
			if err = write(ctx, s, "mine"); err != nil {
				return err
			}
			rows, err = s.Query(ctx, "SELECT body FROM notes")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		err = d.Read(t.Context(), func(ctx context.Context, reader *db.Reader) error {
			r = reader
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for name, use := range map[string]func(context.Context) error{
			"Session.Exec":     func(ctx context.Context) error { return write(ctx, s, "late") },
			"Session.Query":    func(ctx context.Context) error { _, err := s.Query(ctx, "SELECT 1"); return err },
			"Session.QueryRow": func(ctx context.Context) error { return s.QueryRow(ctx, "SELECT 1").Scan(new(int)) },
			"Session.Nested": func(ctx context.Context) error {
				return s.Nested(ctx, func(ctx context.Context, s *db.Session) error { return write(ctx, s, "late") })
			},
			"Reader.Query": func(ctx context.Context) error { _, err := r.Query(ctx, "SELECT 1"); return err },
			"Rows": func(context.Context) error {
				if rows.Next() {
					return errors.New("there is a row")
				}
				return rows.Err()
			},
		} {
			if err := use(t.Context()); !errors.Is(err, db.ErrEnded) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if got := notes(t, d, ""); !cmp.Equal(got, []string{"mine"}) {
			t.Errorf("there are %q", got)
		}
	})
}

// TestUseAtTheSameTime is the other half of row 17. A goroutine uses the
// session while a statement of another one runs.
func TestUseAtTheSameTime(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		for name, returned := range map[string]error{"nothing is returned": nil, "an error is returned": errTaken} {
			err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
				if err := write(ctx, s, "mine"); err != nil {
					return err
				}
				err := s.Statement(ctx, "a statement", func(context.Context) error {
					second := make(chan error)
					go func() { second <- write(ctx, s, "at the same time") }()
					if err := <-second; !errors.Is(err, db.ErrConcurrent) {
						t.Errorf("%s: the second goroutine got %v", name, err)
					}
					return nil
				})
				return errors.Join(err, returned)
			})
			want{is: db.ErrConcurrent, kind: errs.Internal}.check(t, err)
			if got := notes(t, d, ""); len(got) > 0 {
				t.Errorf("%s: there are %q", name, got)
			}
		}
	})
}

func TestRowsMustBeClosedBeforeTheNextStatement(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
			if err := write(ctx, s, "one"); err != nil {
				return err
			}
			rows, err := s.Query(ctx, "SELECT body FROM notes")
			if err != nil {
				return err
			}
			if err := write(ctx, s, "two"); !errors.Is(err, db.ErrRowsOpen) {
				t.Errorf("Exec with open rows: %v", err)
			}
			if _, err := s.Query(ctx, "SELECT 1"); !errors.Is(err, db.ErrRowsOpen) {
				t.Errorf("Query with open rows: %v", err)
			}
			rows.Close()
			return write(ctx, s, "three")
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := notes(t, d, ""); !cmp.Equal(got, []string{"one", "three"}) {
			t.Errorf("there are %q", got)
		}
	})
}

// TestAUnitInsideAUnit is row 22.
func TestAUnitInsideAUnit(t *testing.T) {
	t.Parallel()
	type unit func(ctx context.Context, d *db.DB, f func(context.Context) error) error
	units := map[string]unit{
		"Do": func(ctx context.Context, d *db.DB, f func(context.Context) error) error {
			return d.Do(ctx, func(ctx context.Context, _ *db.Session) error { return f(ctx) })
		},
		"Read": func(ctx context.Context, d *db.DB, f func(context.Context) error) error {
			return d.Read(ctx, func(ctx context.Context, _ *db.Reader) error { return f(ctx) })
		},
		"Unit": func(ctx context.Context, d *db.DB, f func(context.Context) error) error {
			_, err := d.Unit(ctx, func(ctx context.Context, _ *db.Session) error { return f(ctx) })
			return err
		},
	}
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		for outerName, outer := range units {
			for innerName, inner := range units {
				err := outer(t.Context(), d, func(ctx context.Context) error {
					return inner(ctx, d, func(context.Context) error {
						t.Errorf("%s inside %s ran", innerName, outerName)
						return nil
					})
				})
				if !errors.Is(err, db.ErrInside) {
					t.Errorf("%s inside %s: %v", innerName, outerName, err)
				}
			}
		}
	})
}

// Row 22 with a context that does not know of the outer unit: the wait for what
// the outer one holds ends by itself.
func TestAUnitInsideAUnitOfAnotherContext(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]func(*testing.T) string{
		"sqlite": func(t *testing.T) string { return dbtest.SQLiteURL(t, migrations) + "&max_wait=50ms&readers=1" },
		"postgres": func(t *testing.T) string {
			return dbtest.PostgresURL(t, migrations) + "&max_wait=50ms&pool_max_conns=1"
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := dbtest.Open(t, url(t))
			foreign, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			defer cancel()
			err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
				if err := write(ctx, s, "outer"); err != nil {
					return err
				}
				err := d.Do(foreign, func(ctx context.Context, s *db.Session) error { return write(ctx, s, "inner") })
				want{class: db.Busy, kind: errs.Unavailable}.check(t, err)
				return nil
			})
			if err != nil {
				t.Error(err)
			}
			err = d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
				rows, err := r.Query(ctx, "SELECT body FROM notes")
				if err != nil {
					return err
				}
				defer rows.Close()
				err = d.Read(foreign, func(ctx context.Context, r *db.Reader) error {
					return r.QueryRow(ctx, "SELECT count(*) FROM notes").Scan(new(int))
				})
				want{class: db.Busy, kind: errs.Unavailable}.check(t, err)
				return nil
			})
			if err != nil {
				t.Error(err)
			}
			if got := notes(t, d, ""); !cmp.Equal(got, []string{"outer"}) {
				t.Errorf("there are %q", got)
			}
		})
	}
}
