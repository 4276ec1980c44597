package jobs_test

import (
	"context"
	"errors"
	"testing"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/jobs"
)

// How a job has ended is kept even if there is no more time by then: else it would
// seem to run for ever.
func TestRunDueWhoseContextEnds(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		w := jobs.NewWorkers()
		jobs.Add(w, func(ctx context.Context, _ *db.Session, _ *jobs.Job[Note]) error {
			cancel()
			return ctx.Err()
		})
		id := numbered(t, d, Note{"a"})
		if err := w.RunDue(ctx, d); !errors.Is(err, context.Canceled) {
			t.Errorf("the error is %v", err)
		}
		if i := info(t, d, id); i.State != jobs.StateFailed || len(i.Failures) != 1 {
			t.Errorf("the job is %s, with %d failures", i.State, len(i.Failures))
		}
	})
}
