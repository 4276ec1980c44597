package db_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
)

// A context that ends while a function given to Nested returns neither takes nor
// leaves half: what it wrote is part of the session, whose own context goes on.
func TestNestedWhoseContextEnds(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		prefix := t.Name() + ": "
		err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
			err := s.Nested(ctx, func(ctx context.Context, s *db.Session) error {
				if err := write(ctx, s, prefix+"outer"); err != nil {
					return err
				}
				short, cancel := context.WithCancel(ctx)
				err := s.Nested(short, func(ctx context.Context, s *db.Session) error {
					defer cancel()
					return write(ctx, s, prefix+"inner")
				})
				if err != nil {
					t.Errorf("the inner one ended with %v", err)
				}
				return errPlain
			})
			if !errors.Is(err, errPlain) {
				t.Errorf("the outer one ended with %v", err)
			}
			short, cancel := context.WithCancel(ctx)
			err = s.Nested(short, func(ctx context.Context, s *db.Session) error {
				defer cancel()
				return write(ctx, s, prefix+"second")
			})
			if err != nil {
				t.Errorf("the second one ended with %v", err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := notes(t, d, prefix); !cmp.Equal(got, []string{"second"}) {
			t.Errorf("there are %q", got)
		}
	})
}

// A goroutine that is inside of Nested when its session ends takes no connection
// for what it would undo.
func TestNestedOutlivesSession(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		for range 10 { // more than there are connections
			inside, ended, result := make(chan struct{}), make(chan struct{}), make(chan error, 1)
			err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
				go func() {
					result <- s.Nested(context.WithoutCancel(ctx), func(ctx context.Context, s *db.Session) error {
						close(inside)
						<-ended
						return errPlain
					})
				}()
				<-inside
				return nil
			})
			close(ended)
			if err != nil {
				t.Fatal(err)
			}
			if err := <-result; !errors.Is(err, errPlain) || !errors.Is(err, db.ErrEnded) {
				t.Errorf("Nested ended with %v", err)
			}
		}
		err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error { return write(ctx, s, t.Name()) }, db.Timeout(5*time.Second))
		if err != nil {
			t.Errorf("a later session: %v", err)
		}
	})
}

// An error of another unit does not have this one run again, though it failed in
// a way that is tried again.
func TestKeepOfAnotherUnitsFailure(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		other := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
			s.Note(&db.Error{Class: db.Contended, Err: errors.New("a conflict")})
			return nil
		})
		for name, mark := range map[string]func(error) error{"Keep": db.Keep, "as it is": func(err error) error { return err }} {
			runs, hooks := 0, 0
			err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
				runs++
				s.AfterCommit(func(context.Context) { hooks++ })
				if _, err := s.Exec(ctx, "INSERT INTO notes (body) VALUES ($1) ON CONFLICT DO NOTHING", t.Name()); err != nil {
					return err
				}
				return mark(other)
			})
			if runs != 1 || !errors.Is(err, other) || hooks > 1 {
				t.Errorf("%s: %d runs, %d hooks, %v", name, runs, hooks, err)
			}
		}
	})
}

// crashing is an argument whose method panics.
type crashing struct{}

func (crashing) Value() (driver.Value, error) { panic("a Value method") }

// watcher counts the attempts and the statements that have begun and not ended.
type watcher struct{ units, statements int }

func (w *watcher) Begin(ctx context.Context, _ *db.Attempt) context.Context { w.units++; return ctx }
func (w *watcher) Before(ctx context.Context, _ *db.Attempt) (context.Context, error) {
	w.statements++
	return ctx, nil
}
func (w *watcher) After(context.Context, *db.Attempt, error) { w.statements-- }
func (w *watcher) End(context.Context, *db.Attempt)          { w.units-- }

// A method of an argument that panics while its statement is made costs no
// connection, and is what the caller sees.
func TestArgumentPanics(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		var w watcher
		d.Observe(&w)
		uses := map[string]func(ctx context.Context, s *db.Session) error{
			"Exec": func(ctx context.Context, s *db.Session) error {
				_, err := s.Exec(ctx, "INSERT INTO notes (body) VALUES ($1)", crashing{})
				return err
			},
			"Query": func(ctx context.Context, s *db.Session) error {
				_, err := s.Query(ctx, "SELECT body FROM notes WHERE body = $1", crashing{})
				return err
			},
			"Nested": func(ctx context.Context, s *db.Session) error {
				return s.Nested(ctx, func(ctx context.Context, s *db.Session) error {
					_, err := s.Exec(ctx, "INSERT INTO notes (body) VALUES ($1)", crashing{})
					return err
				})
			},
			"second": func(ctx context.Context, s *db.Session) error {
				if err := write(ctx, s, t.Name()+": mine"); err != nil {
					return err
				}
				_, err := s.Exec(ctx, "INSERT INTO notes (body) VALUES ($1)", crashing{})
				return err
			},
		}
		for name, use := range uses {
			for range 10 { // more than there are connections
				panicked, _, err := do(t, d, use)
				if panicked != "a Value method" {
					t.Fatalf("%s: the panic is %v, the error %v", name, panicked, err)
				}
			}
		}
		for range 10 {
			err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) (err error) {
				func() {
					defer func() { _ = recover() }()
					err = uses["Exec"](ctx, s)
				}()
				return err
			})
			if !errors.Is(err, db.ErrSwallowed) {
				t.Fatalf("a session whose function kept silent about a panic: %v", err)
			}
		}
		for range 10 {
			func() {
				defer func() { _ = recover() }()
				_ = d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
					_, err := r.Query(ctx, "SELECT body FROM notes WHERE body = $1", crashing{})
					return err
				})
			}()
		}
		if got := notes(t, d, t.Name()+": "); len(got) > 0 {
			t.Errorf("there are %q", got)
		}
		if w != (watcher{}) {
			t.Errorf("observers were told of no end: %+v", w)
		}
	})
}
