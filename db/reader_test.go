package db_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/errs"
)

// TestAReaderCannotWrite is row 20.
func TestAReaderCannotWrite(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error { return write(ctx, s, "there") })
		if err != nil {
			t.Fatal(err)
		}
		for _, opts := range [][]db.Option{nil, {db.Snapshot}} {
			for _, sql := range []string{
				"INSERT INTO notes (body) VALUES ('more') RETURNING body",
				"INSERT INTO notes (body) VALUES ('more')",
				"UPDATE notes SET body = 'changed'",
				"DELETE FROM notes",
				"DROP TABLE notes",
				"CREATE TABLE more (id INTEGER)",
			} {
				err := d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
					rows, err := r.Query(ctx, sql)
					if err != nil {
						return err
					}
					for rows.Next() {
					}
					return rows.Err()
				}, opts...)
				if db.ClassOf(err) != db.ReadOnly || errs.From(err).Kind != errs.Internal {
					t.Errorf("%s: %v (class %d)", sql, err, db.ClassOf(err))
				}
			}
		}
		if got := notes(t, d, ""); !cmp.Equal(got, []string{"there"}) {
			t.Errorf("there are %q", got)
		}
	})
}

func TestAReadersOutcome(t *testing.T) {
	t.Parallel()
	wrong := func(ctx context.Context, r *db.Reader) error {
		return r.QueryRow(ctx, "SELECT nothing FROM nowhere").Scan(new(int))
	}
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		for name, c := range map[string]struct {
			f  func(context.Context, *db.Reader) error
			is error
		}{
			"success":   {f: func(context.Context, *db.Reader) error { return nil }},
			"an error":  {f: func(context.Context, *db.Reader) error { return errTaken }, is: errTaken},
			"swallowed": {f: func(ctx context.Context, r *db.Reader) error { _ = wrong(ctx, r); return nil }, is: db.ErrSwallowed},
			"another":   {f: func(ctx context.Context, r *db.Reader) error { _ = wrong(ctx, r); return wrong(ctx, r) }, is: db.ErrFailed},
		} {
			if err := d.Read(t.Context(), c.f); !errors.Is(err, c.is) {
				t.Errorf("%s: %v, want %v", name, err, c.is)
			}
		}
	})
}

// TestSnapshot is about what a reader sees of a session that commits meanwhile.
func TestSnapshot(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		for name, c := range map[string]struct {
			opts []db.Option
			want []int
		}{
			"each statement by itself": {nil, []int{0, 1}},
			"one view for all":         {[]db.Option{db.Snapshot}, []int{0, 0}},
		} {
			t.Run(name, func(t *testing.T) {
				var seen []int
				count := func(ctx context.Context, r *db.Reader) error {
					var n int
					err := r.QueryRow(ctx, "SELECT count(*) FROM notes WHERE body = $1", name).Scan(&n)
					seen = append(seen, n)
					return err
				}
				err := d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
					if err := count(ctx, r); err != nil {
						return err
					}
					// With the test's own context: not inside this unit.
					err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error { return write(ctx, s, name) })
					return errors.Join(err, count(ctx, r))
				}, c.opts...)
				if err != nil || !cmp.Equal(seen, c.want) {
					t.Errorf("saw %v, want %v, %v", seen, c.want, err)
				}
			})
		}
	})
}
