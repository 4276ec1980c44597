package db_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
)

// witness is an observer that writes down what it is told. It refuses the
// statement that it is asked to.
type witness struct {
	refuse func(a *db.Attempt) error

	mu   sync.Mutex
	said []string
}

func (w *witness) say(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.said = append(w.said, fmt.Sprintf(format, args...))
}

type attemptKey struct{}

func (w *witness) Begin(ctx context.Context, a *db.Attempt) context.Context {
	return context.WithValue(ctx, attemptKey{}, a.Number)
}

func (w *witness) Before(ctx context.Context, a *db.Attempt) (context.Context, error) {
	if w.refuse != nil {
		if err := w.refuse(a); err != nil {
			return ctx, err
		}
	}
	return context.WithValue(ctx, attemptKey{}, a.SQL), nil
}

func (w *witness) After(ctx context.Context, a *db.Attempt, err error) {
	w.say("%v failed=%v", ctx.Value(attemptKey{}), err != nil)
	if a.Ended.Before(a.Sent) || a.Sent.Before(a.First) || a.First.Before(a.Began) {
		w.say("in the wrong order: %+v", a)
	}
}

func (w *witness) End(ctx context.Context, a *db.Attempt) {
	w.say("attempt %v writes=%v statements=%d %s failed=%v", ctx.Value(attemptKey{}), a.Writes, a.Statements, a.Outcome, a.Err != nil)
}

func TestObservers(t *testing.T) {
	t.Parallel()
	const insert = "INSERT INTO notes (body) VALUES ($1)"
	conflict := &db.Error{Class: db.Contended, Err: errPlain}
	refuse := func(sql string) func(*db.Attempt) error {
		return func(a *db.Attempt) error {
			if a.SQL == sql && a.Number == 1 {
				return conflict
			}
			return nil
		}
	}
	add := func(ctx context.Context, s *db.Session) error { return write(ctx, s, "one") }
	for name, c := range map[string]struct {
		refuse func(*db.Attempt) error
		unit   func(ctx context.Context, d *db.DB) error
		want   []string
		notes  []string
	}{
		"commit": {
			unit: func(ctx context.Context, d *db.DB) error { return d.Do(ctx, add) },
			want: []string{insert + " failed=false", "COMMIT failed=false", "attempt 1 writes=true statements=1 committed failed=false"}, notes: []string{"one"},
		},
		"nothing sent": {
			unit: func(ctx context.Context, d *db.DB) error {
				return d.Do(ctx, func(context.Context, *db.Session) error { return nil })
			},
			want: []string{"attempt 1 writes=true statements=0 committed failed=false"},
		},
		"rollback": {
			unit: func(ctx context.Context, d *db.DB) error {
				return d.Do(ctx, func(ctx context.Context, s *db.Session) error { return errors.Join(add(ctx, s), errPlain) })
			},
			want: []string{insert + " failed=false", "ROLLBACK failed=false", "attempt 1 writes=true statements=1 rolled_back failed=true"},
		},
		"kept": {
			unit: func(ctx context.Context, d *db.DB) error {
				return d.Do(ctx, func(ctx context.Context, s *db.Session) error { return db.Keep(errors.Join(add(ctx, s), errPlain)) })
			},
			want: []string{insert + " failed=false", "COMMIT failed=false", "attempt 1 writes=true statements=1 committed failed=true"}, notes: []string{"one"},
		},
		"panic": {
			unit: func(ctx context.Context, d *db.DB) error {
				defer func() { _ = recover() }()
				return d.Do(ctx, func(ctx context.Context, s *db.Session) error { panic(add(ctx, s)) })
			},
			want: []string{insert + " failed=false", "ROLLBACK failed=false", "attempt 1 writes=true statements=1 rolled_back failed=true"},
		},
		"statement refused": {
			refuse: refuse(insert),
			unit:   func(ctx context.Context, d *db.DB) error { return d.Do(ctx, add) },
			want: []string{"attempt 1 writes=true statements=1 rolled_back failed=true",
				insert + " failed=false", "COMMIT failed=false", "attempt 2 writes=true statements=1 committed failed=false"}, notes: []string{"one"},
		},
		"commit refused": {
			refuse: refuse("COMMIT"),
			unit:   func(ctx context.Context, d *db.DB) error { return d.Do(ctx, add) },
			want: []string{insert + " failed=false", "attempt 1 writes=true statements=1 rolled_back failed=true",
				insert + " failed=false", "COMMIT failed=false", "attempt 2 writes=true statements=1 committed failed=false"}, notes: []string{"one"},
		},
		"reader": {
			unit: func(ctx context.Context, d *db.DB) error { return d.Read(ctx, readOne) },
			want: []string{"SELECT 1 failed=false", "attempt 1 writes=false statements=1 committed failed=false"},
		},
		"snapshot": {
			unit: func(ctx context.Context, d *db.DB) error { return d.Read(ctx, readOne, db.Snapshot) },
			want: []string{"SELECT 1 failed=false", "ROLLBACK failed=false", "attempt 1 writes=false statements=1 committed failed=false"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
				w := &witness{refuse: c.refuse}
				d.Observe(w)
				_ = c.unit(t.Context(), d) // what it returns is not what this is about
				if diff := cmp.Diff(c.want, slices.Clone(w.said)); diff != "" {
					t.Errorf("the observer was told (-want +got):\n%s", diff)
				}
				if got := notes(t, d, ""); !slices.Equal(got, c.notes) {
					t.Errorf("there are the notes %q, want %q", got, c.notes)
				}
			})
		})
	}
}

// An observer decides how often it has a unit run again, but for one that must
// run once. It is told of what begins after it was added.
func TestRefusalsCostNoAttempts(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		if err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error { return write(ctx, s, "before") }); err != nil {
			t.Fatal(err)
		}
		var told []db.Attempt
		d.Observe(&witness{refuse: func(a *db.Attempt) error {
			told = append(told, *a)
			if a.SQL == "COMMIT" && a.Number < 8 {
				return &db.Error{Class: db.Contended, Err: errPlain}
			}
			return nil
		}})
		for attempts, want := range map[int]int{3: 8, 1: 1} {
			told = nil
			tries := 0
			err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
				tries++
				return write(ctx, s, fmt.Sprint(attempts))
			}, db.Attempts(attempts))
			if tries != want || (err == nil) != (want > 1) || err != nil && !errors.Is(err, errPlain) {
				t.Errorf("a unit with %d attempts was tried %d times, want %d: %v", attempts, tries, want, err)
			}
			for _, a := range told {
				if a.Attempts != attempts || a.Refused || (a.Last == nil) != (a.Number == 1) || a.Last != nil && (a.Last.Number != a.Number-1 || !a.Last.Refused) {
					t.Errorf("the observer was told %+v", a)
				}
			}
		}
		if got, want := notes(t, d, ""), []string{"3", "before"}; !slices.Equal(got, want) {
			t.Errorf("there are the notes %q, want %q", got, want)
		}
	})
}

// readOne reads nothing that matters.
func readOne(ctx context.Context, r *db.Reader) (err error) {
	var one int
	return r.QueryRow(ctx, "SELECT 1").Scan(&one)
}
