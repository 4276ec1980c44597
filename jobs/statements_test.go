package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/db/postgres"
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

// The statement that enqueues wakes the workers of the queues in which jobs are
// due, when its session is committed. (A session that conflicts has told the waker
// in vain, and its second attempt leaves its jobs to be polled: see waker.)
func TestWaking(t *testing.T) {
	t.Parallel()
	d := dbtest.Postgres(t, schema)
	pool, err := postgres.Pool(t.Context(), d, 1)
	must(t, err)
	t.Cleanup(pool.Close)
	c, err := pool.Acquire(t.Context())
	must(t, err)
	defer c.Release()
	_, err = c.Exec(t.Context(), `LISTEN "public.river_insert"`) // as River's clients do
	must(t, err)
	enqueue(t, d, Note{"later"}, jobs.Queue("later"), jobs.In(time.Hour))
	err = in(t, d, func(ctx context.Context, s *db.Session) error {
		return errors.Join(jobs.Enqueue(ctx, s, Note{"a"}, jobs.Queue("rolled_back")), errHandler)
	})
	if !errors.Is(err, errHandler) {
		t.Fatal(err)
	}
	enqueue(t, d, Note{"b"}, jobs.Queue("due"))
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	n, err := c.Conn().WaitForNotification(ctx)
	must(t, err)
	if want := `{"queue" : "due"}`; n.Payload != want {
		t.Errorf("the first notification is %s, not %s", n.Payload, want)
	}
}
