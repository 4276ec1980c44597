package db_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
)

// Row 21: a call to the outside is in the way while its unit holds a
// transaction, and only then. It is an error in tests.
func TestOutside(t *testing.T) {
	t.Parallel()
	outside := func(ctx context.Context) error { return db.Outside(ctx, "ringing the bell") }
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		var held context.Context
		for name, c := range map[string]struct {
			unit    func() error
			refused bool
		}{
			"no unit": {func() error { return outside(t.Context()) }, false},
			"before the first statement": {func() error {
				return d.Do(t.Context(), func(ctx context.Context, _ *db.Session) error { return outside(ctx) })
			}, false},
			"after a statement": {func() error {
				return d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
					return errors.Join(write(ctx, s, "one"), outside(ctx))
				})
			}, true},
			"with a context made of it": {func() error {
				return d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
					return errors.Join(write(ctx, s, "one"), outside(context.WithoutCancel(ctx)))
				})
			}, true},
			"a reader": {func() error {
				return d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error { return errors.Join(readOne(ctx, r), outside(ctx)) })
			}, false},
			"a reader with a snapshot": {func() error {
				return d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error { return errors.Join(readOne(ctx, r), outside(ctx)) }, db.Snapshot)
			}, true},
			"after the unit": {func() error {
				err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
					held = ctx
					return write(ctx, s, "two")
				})
				return errors.Join(err, outside(held))
			}, false},
			"after the commit": {func() error {
				var err error
				return errors.Join(d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
					s.AfterCommit(func(ctx context.Context) { err = outside(ctx) })
					return write(ctx, s, "three")
				}), err)
			}, false},
		} {
			err := c.unit()
			if refused := errors.Is(err, db.ErrOutside); refused != c.refused || err != nil && !refused {
				t.Errorf("%s: %v", name, err)
			}
			if c.refused && !strings.Contains(err.Error(), "(ringing the bell at db/outside_test.go:") {
				t.Errorf("%s: the error does not tell what and where: %v", name, err)
			}
		}
	})
	eachLogged(t, db.Config{}, func(t *testing.T, d *db.DB, l *logged) {
		err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
			return errors.Join(write(ctx, s, "one"), outside(ctx))
		})
		if err != nil {
			t.Error(err)
		}
		const want = `msg="a transaction waits for the outside: call before its first statement, between two units of work, or in a job" what="ringing the bell" place=db/outside_test.go:`
		if got := l.lines(); len(got) != 1 || !strings.HasPrefix(got[0], want) {
			t.Errorf("logged %q", got)
		}
	})
}
