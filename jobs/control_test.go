package jobs_test

import (
	"context"
	crand "crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/jobs"
	"github.com/terem-go/terem/jobs/jobstest"
)

// in runs f in a session, and returns its error.
func in(t *testing.T, d *db.DB, f func(ctx context.Context, s *db.Session) error) error {
	t.Helper()
	return d.Do(t.Context(), f)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestRetry(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		retry := func(id int64) error {
			return in(t, d, func(ctx context.Context, s *db.Session) error { return jobs.Retry(ctx, s, id) })
		}
		works := false
		w := jobs.NewWorkers()
		jobs.Add(w, func(ctx context.Context, s *db.Session, job *jobs.Job[Note]) error {
			if !works {
				return errHandler
			}
			return writeNote(ctx, s, job)
		})
		enqueue(t, d, Note{"given up"}, jobs.MaxAttempts(1))
		enqueue(t, d, Note{"tried again"})
		enqueue(t, d, Note{"later"}, jobs.In(time.Hour))
		if err := w.RunDue(t.Context(), d); !errors.Is(err, errHandler) {
			t.Fatal(err)
		}
		if got := states(t, d); !slices.Equal(got, []string{"discarded", "retryable", "scheduled"}) {
			t.Fatalf("the jobs are %v", got)
		}
		enqueue(t, d, Note{"cancelled"}, jobs.In(time.Hour))
		must(t, in(t, d, func(ctx context.Context, s *db.Session) error { return jobs.Cancel(ctx, s, 4) }))
		must(t, retry(4))
		if err := w.RunDue(t.Context(), d); !errors.Is(err, errHandler) {
			t.Fatal(err)
		}
		if got := states(t, d); !slices.Equal(got, []string{"discarded", "retryable", "scheduled", "retryable"}) {
			t.Fatalf("the jobs are %v", got)
		}
		works = true
		for id := range int64(4) {
			must(t, retry(id+1))
		}
		jobstest.Run(t, d, w)
		if got := texts(t, d); !slices.Equal(got, []string{"given up", "tried again", "later", "cancelled"}) {
			t.Errorf("rows: %v", got)
		}
		for _, id := range []int64{1, 77} { // done, and not there
			if err := retry(id); !errors.Is(err, jobs.ErrNotWaiting) {
				t.Errorf("job %d: %v", id, err)
			}
		}
	})
}

// A unique job is not run again beside another one like it.
func TestRetryOfAUniqueJob(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		works := false
		w := jobs.NewWorkers()
		jobs.Add(w, func(ctx context.Context, s *db.Session, job *jobs.Job[Note]) error {
			if !works {
				return errHandler
			}
			return writeNote(ctx, s, job)
		})
		first := numbered(t, d, Note{"a"}, jobs.Unique, jobs.MaxAttempts(1))
		if err := w.RunDue(t.Context(), d); !errors.Is(err, errHandler) {
			t.Fatal(err)
		}
		second := numbered(t, d, Note{"a"}, jobs.Unique, jobs.In(time.Hour))
		retry := func(id int64) (refused error) {
			must(t, in(t, d, func(ctx context.Context, s *db.Session) error {
				refused = jobs.Retry(ctx, s, id)
				return note(ctx, s, fmt.Sprint("the session goes on after job ", id))
			}))
			return refused
		}
		if err := retry(first); !errors.Is(err, jobs.ErrNotWaiting) {
			t.Errorf("while another one waits: %v", err)
		}
		works = true
		must(t, retry(second))
		jobstest.Run(t, d, w)
		if got := texts(t, d); !slices.Equal(got, []string{"the session goes on after job 1", "the session goes on after job 2", "a"}) {
			t.Errorf("rows: %v", got)
		}
		must(t, in(t, d, func(ctx context.Context, s *db.Session) error { return jobs.Retry(ctx, s, first) })) // the other one is done
		if got := info(t, d, first).State; got != jobs.StateWaiting {
			t.Errorf("the first job is %s", got)
		}
	})
}

func TestCancel(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		cancel := func(id int64) error {
			return in(t, d, func(ctx context.Context, s *db.Session) error { return jobs.Cancel(ctx, s, id) })
		}
		running := make(chan bool)
		w := jobs.NewWorkers()
		jobs.Add(w, func(ctx context.Context, _ *db.Session, job *jobs.Job[Note]) error {
			running <- true
			<-ctx.Done()
			return ctx.Err()
		})
		start(t, d, w, jobs.Config{})
		enqueue(t, d, Note{"a"}, jobs.In(time.Hour))
		enqueue(t, d, Note{"b"})
		<-running
		must(t, cancel(1))
		must(t, cancel(2))
		eventually(t, "both are cancelled", func() bool { return slices.Equal(states(t, d), []string{"cancelled", "cancelled"}) })
		if err := cancel(77); err == nil || !strings.Contains(err.Error(), "there is no job 77") {
			t.Errorf("cancelled what is not there: %v", err)
		}
	})
}

func TestPause(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		pause := func(f func(context.Context, *db.Session, string) error, queue string) error {
			return in(t, d, func(ctx context.Context, s *db.Session) error { return f(ctx, s, queue) })
		}
		w := jobs.NewWorkers()
		addNote(w)
		start(t, d, w, jobs.Config{})
		eventually(t, "the queue is known", func() bool { return pause(jobs.Pause, "default") == nil })
		eventually(t, "a job waits", func() bool {
			must(t, pause(jobs.Pause, "default")) // a client that begins to listen hears of it the next time
			enqueue(t, d, Note{crand.Text()})
			for end := time.Now().Add(1500 * time.Millisecond); len(enqueued(t, d)) > 0; time.Sleep(10 * time.Millisecond) {
				if time.Now().After(end) { // else it is looked for once a second
					return true
				}
			}
			return false
		})
		must(t, pause(jobs.Resume, "default"))
		eventually(t, "none waits", func() bool { return len(enqueued(t, d)) == 0 })
		if err := pause(jobs.Pause, "unknown"); err == nil || !strings.Contains(err.Error(), `a queue named "unknown"`) {
			t.Errorf("paused what is not there: %v", err)
		}
	})
}

// Seldom is a job that says itself how it is run.
type Seldom struct {
	N int `json:"n"`
}

func (Seldom) Kind() string { return "test.seldom" }

func (Seldom) Options() []jobs.Option {
	return []jobs.Option{jobs.Queue("seldom"), jobs.MaxAttempts(3), jobs.Unique}
}

func TestUnique(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		w := jobs.NewWorkers()
		ran := 0
		jobs.Add(w, func(ctx context.Context, s *db.Session, job *jobs.Job[Seldom]) error {
			ran++
			return jobs.Enqueue(ctx, s, job.Args) // it runs, so this does nothing
		})
		enqueue(t, d, Seldom{1})
		enqueue(t, d, Seldom{1})
		enqueue(t, d, Seldom{2})
		enqueue(t, d, Seldom{1}, jobs.Queue("other"), jobs.MaxAttempts(5))
		must(t, in(t, d, func(ctx context.Context, s *db.Session) error { return jobs.EnqueueMany(ctx, s, []Seldom{{2}, {3}}) }))
		if diff := cmp.Diff([]string{"seldom", "seldom", "other", "seldom"}, column[string](t, d, "SELECT queue FROM river_job ORDER BY id")); diff != "" {
			t.Errorf("queues (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]int{3, 3, 5, 3}, column[int](t, d, "SELECT max_attempts FROM river_job ORDER BY id")); diff != "" {
			t.Errorf("attempts (-want +got):\n%s", diff)
		}
		jobstest.Run(t, d, w)
		if ran != 4 {
			t.Errorf("%d jobs ran", ran)
		}
		enqueue(t, d, Seldom{1}) // none is waiting any more
		if got := states(t, d); got[len(got)-1] != "available" {
			t.Errorf("the jobs are %v", got)
		}
	})
}

func TestPriority(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		w := jobs.NewWorkers()
		addNote(w)
		for _, c := range []struct {
			text     string
			priority int
		}{{"can wait", 4}, {"as ever", 1}, {"soon", 2}} {
			enqueue(t, d, Note{c.text}, jobs.Priority(c.priority))
		}
		err := in(t, d, func(ctx context.Context, s *db.Session) error { return jobs.Enqueue(ctx, s, Note{}, jobs.Priority(5)) })
		if err == nil || !strings.Contains(err.Error(), "priority") {
			t.Errorf("priority 5: %v", err)
		}
		jobstest.Run(t, d, w)
		if got := texts(t, d); !slices.Equal(got, []string{"as ever", "soon", "can wait"}) {
			t.Errorf("run in the order %v", got)
		}
	})
}
