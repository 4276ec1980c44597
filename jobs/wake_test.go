package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/db/postgres"
	"github.com/terem-go/terem/jobs"
)

// The statement that enqueues wakes the workers of the queues in which jobs are
// due, when its session is committed.
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

// A job is run as soon as its session is committed: workers look for those of which
// they are not told once a second. That holds for sessions that conflict, whose
// first attempts have told them in vain, and for savepoints that were undone.
func TestEnqueueWakes(t *testing.T) {
	t.Parallel()
	simply := func(ctx context.Context, s *db.Session, n Note) error { return jobs.Enqueue(ctx, s, n) }
	for name, c := range map[string]struct {
		prepare func(*db.DB)
		enqueue func(context.Context, *db.Session, Note) error
	}{
		"simply":         {func(*db.DB) {}, simply},
		"with conflicts": {dbtest.Retry, simply},
		"after a savepoint that was undone": {func(*db.DB) {}, func(ctx context.Context, s *db.Session, n Note) error {
			err := s.Nested(ctx, func(ctx context.Context, s *db.Session) error {
				return errors.Join(jobs.Enqueue(ctx, s, n), errHandler)
			})
			if !errors.Is(err, errHandler) {
				return err
			}
			return jobs.Enqueue(ctx, s, n)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, d *db.DB) {
				w := jobs.NewWorkers()
				jobs.Add(w, writeNote)
				start(t, d, w, jobs.Config{})
				enqueue(t, d, Note{"the first"})
				eventually(t, "the client works", func() bool { return len(texts(t, d)) == 1 })
				c.prepare(d)
				var took []time.Duration
				for i := range 9 {
					begin := time.Now()
					must(t, in(t, d, func(ctx context.Context, s *db.Session) error { return c.enqueue(ctx, s, Note{fmt.Sprint(i)}) }))
					eventually(t, "the job has run", func() bool { return len(texts(t, d)) == 2+i })
					took = append(took, time.Since(begin))
				}
				slices.Sort(took)
				if median := took[len(took)/2]; median > 500*time.Millisecond {
					t.Errorf("half of the jobs took more than %v", median)
				}
			})
		})
	}
}
