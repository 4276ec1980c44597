package jobs

import (
	"context"
	"errors"
	"fmt"

	"github.com/riverqueue/river/rivertype"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
)

// ErrNotWaiting is returned by Retry for a job that cannot be run again: it is not
// in the queue any more, is done, or runs at this moment, or it is Unique and another
// one like it waits or runs.
var ErrNotWaiting = errors.New("it is not in the queue, is done, runs at this moment, or is unique and another one like it waits or runs")

// Retry has a job be run at once that waits for its next attempt or its time, was
// given up, or was cancelled. One whose attempts are used up gets one more. A job
// that is done is not run again: that is ErrNotWaiting.
func Retry(ctx context.Context, s *db.Session, id int64) error {
	metadata := "metadata - 'cancel_attempted_at'" // which would cancel it if it fails again
	if s.Dialect() == db.SQLite {
		metadata = "jsonb_remove(metadata, '$.cancel_attempted_at')"
	}
	// What counts for Unique is alive. The index would refuse it, too, but fail the session.
	alone := "(unique_key IS NULL OR NOT EXISTS (SELECT 1 FROM river_job o WHERE o.id <> river_job.id AND o.unique_key = river_job.unique_key" +
		" AND o.state IN ('available', 'pending', 'retryable', 'running', 'scheduled')))"
	n, err := s.Exec(ctx, "UPDATE river_job SET state = 'available', scheduled_at = "+now(s.Dialect())+", finalized_at = NULL, metadata = "+metadata+","+
		" max_attempts = CASE WHEN attempt >= max_attempts THEN attempt + 1 ELSE max_attempts END"+
		" WHERE id = $1 AND state IN ('available', 'scheduled', 'retryable', 'discarded', 'cancelled') AND "+alone, id)
	if err == nil && n == 0 {
		err = fmt.Errorf("jobs: job %d: %w", id, ErrNotWaiting)
	}
	return err
}

// Cancel has a job not be run any more. If it runs, its context ends, and it is
// done if it succeeds all the same. A job that is done or given up stays so. It is
// an error if it is not in the queue.
func Cancel(ctx context.Context, s *db.Session, id int64) error {
	err := within(ctx, s, func(q queue) error { return q.cancel(ctx, id) })
	if errors.Is(err, rivertype.ErrNotFound) {
		return fmt.Errorf("jobs: there is no job %d in the queue", id)
	}
	return err
}

// Pause has clients begin no more jobs of a queue; "*" is all queues. Those that
// run go on, and others may be enqueued. Clients hear of it at once, and those
// that do not listen at that moment within a minute. A queue that no client has
// ever worked is an errs.NotFound with the code "jobs.no_queue".
func Pause(ctx context.Context, s *db.Session, name string) error {
	return named(name, within(ctx, s, func(q queue) error { return q.pause(ctx, name) }))
}

// Resume ends a Pause.
func Resume(ctx context.Context, s *db.Session, name string) error {
	return named(name, within(ctx, s, func(q queue) error { return q.resume(ctx, name) }))
}

var errNoQueue = errs.New(errs.NotFound, "jobs.no_queue", "No worker has ever worked a queue of this name.")

// named says of which queue River's error is.
func named(queue string, err error) error {
	switch {
	case errors.Is(err, rivertype.ErrNotFound):
		return errNoQueue.Wrap(fmt.Errorf("jobs: no client has ever worked a queue named %q", queue))
	case err != nil:
		return fmt.Errorf("jobs: queue %q: %w", queue, err)
	}
	return nil
}
