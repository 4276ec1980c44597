package jobs_test

import (
	"context"
	"errors"
	"testing"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/jobs"
)

// An error whose text has what PostgreSQL cannot store ends a job as any other, and
// does not keep the queue from noting how others ended.
func TestFailureTextWithNUL(t *testing.T) {
	t.Parallel()
	eachScope(t, func(t *testing.T, d *db.DB, add adder) {
		w := jobs.NewWorkers()
		add(w, func(ctx context.Context, do do, job *jobs.Job[Note]) error {
			switch job.Args.Text {
			case "error":
				return errors.New("bad \x00 and \xff here")
			case "panic":
				panic("bad \x00 and \xff here")
			}
			return nil
		})
		enqueue(t, d, Note{"error"}, jobs.MaxAttempts(1))
		enqueue(t, d, Note{"panic"}, jobs.MaxAttempts(1))
		enqueue(t, d, Note{"fine"}, jobs.MaxAttempts(1))
		start(t, d, w, jobs.Config{})
		eventually(t, "all jobs ended", func() bool {
			n := 0
			for _, s := range states(t, d) {
				if s == "discarded" || s == "completed" {
					n++
				}
			}
			return n == 3
		})
		want := []string{"bad \uFFFD and \uFFFD here", "panic: bad \uFFFD and \uFFFD here", ""}
		for i, text := range want {
			if got := info(t, d, int64(i+1)).LastFailure().Summary(); got != text {
				t.Errorf("the failure of job %d is %q", i+1, got)
			}
		}
	})
	each(t, func(t *testing.T, d *db.DB) {
		w := jobs.NewWorkers()
		jobs.Add(w, func(context.Context, *db.Session, *jobs.Job[Note]) error { return errors.New("bad \x00 here") })
		enqueue(t, d, Note{"error"})
		if err := w.RunDue(t.Context(), d); err == nil {
			t.Error("no error")
		}
		if got := info(t, d, 1).LastFailure().Error; got != "bad \uFFFD here" {
			t.Errorf("RunDue has kept %q", got)
		}
	})
}
