package jobs_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/jobs"
)

// witness is an observer that tells of every run that has ended.
type witness struct{ ended chan string }

type beganKey struct{}

func (w witness) Begin(ctx context.Context, r *jobs.Run) context.Context {
	return context.WithValue(ctx, beganKey{}, r.Kind)
}

func (w witness) End(ctx context.Context, r *jobs.Run) {
	w.ended <- fmt.Sprintf("%v attempt %d of %d in %s: %s, failed %v", ctx.Value(beganKey{}), r.Attempt, r.MaxAttempts, r.Queue, r.Outcome, r.Err != nil)
	if r.Took <= 0 || r.DueAt.IsZero() || r.ID == 0 {
		w.ended <- fmt.Sprintf("not all is known: %+v", r)
	}
}

// What observers are told of a run is what River makes of it.
func TestObservers(t *testing.T) {
	t.Parallel()
	fail := errors.New("no")
	for name, c := range map[string]struct {
		work  func(ctx context.Context) error
		times int // at most; 2 by default
		want  string
		state string
	}{
		"works":          {work: func(context.Context) error { return nil }, want: "worked, failed false", state: "completed"},
		"fails":          {work: func(context.Context) error { return fail }, want: "failed, failed true", state: "retryable"},
		"fails for good": {work: func(context.Context) error { return fail }, times: 1, want: "given_up, failed true", state: "discarded"},
		"panics":         {work: func(context.Context) error { panic(fail) }, want: "failed, failed true", state: "retryable"},
		"exits":          {work: func(context.Context) error { runtime.Goexit(); return nil }, want: "failed, failed true", state: "retryable"},
		"snoozes":        {work: func(context.Context) error { return river.JobSnooze(time.Hour) }, want: "snoozed, failed true", state: "scheduled"},
		"cancels":        {work: func(context.Context) error { return river.JobCancel(fail) }, want: "given_up, failed true", state: "cancelled"},
		"takes too long": {work: func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }, want: "failed, failed true", state: "retryable"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachScope(t, func(t *testing.T, d *db.DB, add adder) {
				o := witness{make(chan string, 10)}
				w := jobs.NewWorkers()
				add(w, func(ctx context.Context, _ do, _ *jobs.Job[Note]) error {
					if ctx.Value(beganKey{}) != "test.note" {
						t.Error("the job's context is not that of the observer")
					}
					return c.work(ctx)
				}, jobs.Timeout(50*time.Millisecond))
				start(t, d, w, jobs.Config{Observers: []jobs.Observer{o}})
				times := cmp.Or(c.times, 2)
				enqueue(t, d, Note{"a"}, jobs.MaxAttempts(times))
				if got, want := <-o.ended, fmt.Sprintf("test.note attempt 1 of %d in default: %s", times, c.want); got != want {
					t.Errorf("got  %s\nwant %s", got, want)
				}
				eventually(t, "the job is "+c.state, func() bool {
					s := states(t, d)[0]
					return s == c.state || s == "available" && c.state == "retryable" // due again
				})
			})
		})
	}
}

func TestObserversOfAClientThatStops(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		o, running := witness{make(chan string, 10)}, make(chan bool)
		w := jobs.NewWorkers()
		jobs.Add(w, func(ctx context.Context, _ *db.Session, _ *jobs.Job[Note]) error {
			close(running)
			<-ctx.Done()
			return errors.New("interrupted")
		})
		c := start(t, d, w, jobs.Config{Observers: []jobs.Observer{o}})
		enqueue(t, d, Note{"a"})
		<-running
		if _, err := stop(t, c, time.Millisecond); err != nil {
			t.Fatal(err)
		}
		if got, want := <-o.ended, "test.note attempt 1 of 25 in default: returned, failed true"; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if got := states(t, d); got[0] != "available" {
			t.Errorf("the job is %s", got[0])
		}
	})
}

func TestObserversOfAJobThatIsCancelled(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]error{"fails": errors.New("interrupted"), "snoozes": river.JobSnooze(time.Hour)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, d *db.DB) {
				o, running := witness{make(chan string, 10)}, make(chan bool)
				w := jobs.NewWorkers()
				jobs.Add(w, func(ctx context.Context, _ *db.Session, _ *jobs.Job[Note]) error {
					close(running)
					<-ctx.Done()
					return end
				})
				start(t, d, w, jobs.Config{Observers: []jobs.Observer{o}})
				id := numbered(t, d, Note{"a"})
				<-running
				must(t, in(t, d, func(ctx context.Context, s *db.Session) error { return jobs.Cancel(ctx, s, id) }))
				if got, want := <-o.ended, "test.note attempt 1 of 25 in default: given_up, failed true"; got != want {
					t.Errorf("got  %s\nwant %s", got, want)
				}
				eventually(t, "it is cancelled", func() bool { return info(t, d, id).State == jobs.StateCancelled })
			})
		})
	}
}
