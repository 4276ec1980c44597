package dao_test

import (
	"context"
	"io/fs"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
)

// Sessions that conflict at every statement, and at COMMIT, do everything once.
func TestSessionsThatConflict(t *testing.T) {
	t.Parallel()
	migrations, err := fs.Sub(testdata, "testdata")
	must(t, err)
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		dbtest.Retry(d)
		var first, second paper
		tries := 0
		do := func(steps ...func(ctx context.Context, s *db.Session) error) {
			t.Helper()
			must(t, d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
				tries++
				for _, f := range steps {
					if err := f(ctx, s); err != nil {
						return err
					}
				}
				return nil
			}))
		}
		do(func(ctx context.Context, s *db.Session) error {
			a := author{Name: "Ann"}
			if err := authors.Insert(ctx, s, &a); err != nil {
				return err
			}
			first, second = *draft(a.ID, 1), *draft(a.ID, 2)
			if err := papers.Insert(ctx, s, &first); err != nil {
				return err
			}
			many := make([]paper, 120)
			for i := range many {
				many[i] = *draft(a.ID, 1000+i)
			}
			if err := papers.InsertMany(ctx, s, many); err != nil {
				return err
			}
			return papers.Upsert(ctx, s, &second, "author_id", "number")
		})
		do(
			func(ctx context.Context, s *db.Session) error {
				p, err := papers.Get(ctx, s, first.ID)
				if err == nil {
					p.Title = "updated"
					err = papers.Update(ctx, s, p)
				}
				return err
			},
			func(ctx context.Context, s *db.Session) error {
				return papers.Patch(ctx, s, second.ID, dao.Set("title", "patched"))
			},
			func(ctx context.Context, s *db.Session) error {
				again := *draft(second.AuthorID, 2)
				again.Title = "upserted"
				return papers.Upsert(ctx, s, &again, "author_id", "number")
			},
			func(ctx context.Context, s *db.Session) error {
				rows, err := papers.Find(ctx, s, dao.Where("number >= $1", 1010))
				for i := 0; err == nil && i < 2; i++ {
					err = papers.Delete(ctx, s, rows[i].ID)
				}
				if err == nil {
					err = papers.Purge(ctx, s, rows[2].ID)
				}
				return err
			},
		)
		if tries < 12 {
			t.Errorf("the two sessions ran %d times", tries)
		}
		type row struct {
			Title   string `db:"title"`
			Version int    `db:"version"`
		}
		var rows []row
		var all, deleted int
		must(t, d.Read(t.Context(), func(ctx context.Context, r *db.Reader) (err error) {
			if rows, err = dao.Query[row](ctx, r, "SELECT title, version FROM papers WHERE number < 1000 ORDER BY number"); err != nil {
				return err
			}
			if all, err = dao.QueryOne[int](ctx, r, "SELECT count(*) FROM papers"); err != nil {
				return err
			}
			deleted, err = dao.QueryOne[int](ctx, r, "SELECT count(*) FROM papers WHERE deleted_at IS NOT NULL")
			return err
		}))
		if want := []row{{"updated", 2}, {"upserted", 3}}; !cmp.Equal(rows, want) || all != 121 || deleted != 2 {
			t.Errorf("%v, %d in all, %d deleted; want %v, 121, 2", rows, all, deleted, want)
		}
	})
}
