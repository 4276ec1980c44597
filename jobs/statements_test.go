package jobs_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/jobs"
)

// To enqueue takes one statement however many jobs there are, and on SQLite
// another one now and then, which wakes workers.
func TestEnqueueStatements(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		want := map[db.Dialect]int{db.Postgres: 1, db.SQLite: 2}[d.Dialect()]
		for _, n := range []int{1, 2, 500} {
			list := make([]Note, n)
			for i := range list {
				list[i].Text = fmt.Sprint(i)
			}
			sent := dbtest.Watch(d, func() {
				must(t, in(t, d, func(ctx context.Context, s *db.Session) error { return jobs.EnqueueMany(ctx, s, list) }))
			})
			sent.AtMost(t, want)
		}
		must(t, in(t, d, func(ctx context.Context, s *db.Session) error { return jobs.EnqueueMany(ctx, s, []Note{}) }))
		if got := enqueued(t, d); len(got) != 503 {
			t.Errorf("%d jobs", len(got))
		}
	})
}
