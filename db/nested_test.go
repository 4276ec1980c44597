package db_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
)

// TestNested is row 19, and the rows of TestOutcomes inside a savepoint.
func TestNested(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		for name, o := range outcomes {
			for _, passed := range []bool{false, true} {
				t.Run(name+map[bool]string{false: ", handled", true: ", passed on"}[passed], func(t *testing.T) {
					t.Parallel()
					o.nest(t, d, name, passed)
				})
			}
		}
	})
}

// nest runs an outcome in Nested. The function around it passes the error on,
// or handles it and goes on writing.
func (o outcome) nest(t *testing.T, d *db.DB, name string, passed bool) {
	prefix := t.Name() + ": "
	outer, inner := 0, 0
	panicked, returned, err := do(t, d, func(ctx context.Context, s *db.Session) error {
		if err := write(ctx, s, prefix+"before"); err != nil {
			return err
		}
		s.AfterCommit(func(context.Context) { outer++ })
		err := s.Nested(ctx, func(ctx context.Context, s *db.Session) error {
			if err := write(ctx, s, prefix+"mine"); err != nil {
				return err
			}
			s.AfterCommit(func(context.Context) { inner++ })
			return o.f(ctx, s, prefix+"mine")
		})
		if e, ok := errors.AsType[*db.Error](err); ok && e.Displaced { // on a machine that is busy: all of it is tried again
			return err
		}
		o.nested.check(t, err)
		if passed {
			return err
		}
		s.AfterCommit(func(context.Context) { outer++ })
		return write(ctx, s, prefix+"then")
	})
	o.checkLeft(t, name, panicked, returned)

	stays, outers, inners := []string{}, 0, 0
	switch {
	case o.leaves: // everything is rolled back
	case !passed:
		want{}.check(t, err)
		stays, outers = []string{"before", "then"}, 2
		if o.commit {
			stays, inners = []string{"before", "mine", "then"}, 1
		}
	default:
		o.nested.check(t, err)
		if o.commit {
			stays, outers, inners = []string{"before", "mine"}, 1, 1
		}
	}
	if got := notes(t, d, prefix); !cmp.Equal(got, stays) {
		t.Errorf("there are %q, want %q", got, stays)
	}
	if outer != outers || inner != inners {
		t.Errorf("functions given to AfterCommit ran %d times outside and %d inside, want %d and %d", outer, inner, outers, inners)
	}
}

// TestNestedInNested undoes the middle one of three, and what is inside it.
func TestNestedInNested(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		var hooks []string
		step := func(ctx context.Context, s *db.Session, name string) error {
			s.AfterCommit(func(context.Context) { hooks = append(hooks, name) })
			return write(ctx, s, name)
		}
		err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
			for _, name := range []string{"first", "middle", "last"} {
				err := s.Nested(ctx, func(ctx context.Context, s *db.Session) error {
					if err := step(ctx, s, name); err != nil {
						return err
					}
					err := s.Nested(ctx, func(ctx context.Context, s *db.Session) error { return step(ctx, s, name+", inside") })
					if name == "middle" {
						return errPlain
					}
					return err
				})
				if name != "middle" && err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"first", "first, inside", "last", "last, inside"}
		if got := notes(t, d, ""); !cmp.Equal(got, want) {
			t.Errorf("there are %q, want %q", got, want)
		}
		if !cmp.Equal(hooks, want) {
			t.Errorf("functions given to AfterCommit ran: %q, want %q", hooks, want)
		}
	})
}

// TestAPanicInNestedThatIsRecovered cannot be undone alone: nobody knows what
// the function was about.
func TestAPanicInNestedThatIsRecovered(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
			if err := write(ctx, s, "mine"); err != nil {
				return err
			}
			defer func() { _ = recover() }()
			return s.Nested(ctx, func(context.Context, *db.Session) error { panic(errPlain) })
		})
		want{is: db.ErrSwallowed}.check(t, err)
		if got := notes(t, d, ""); len(got) > 0 {
			t.Errorf("there are %q", got)
		}
	})
}
