package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/terem-go/terem/db"
)

// runner returns what runs the jobs of a function: with the database, or in a
// session that completes the job.
func runner[S scope, T Args](f func(context.Context, S, *Job[T]) error, unit []db.Option) func(context.Context, *db.DB, *rivertype.JobRow) error {
	return func(ctx context.Context, d *db.DB, row *rivertype.JobRow) error {
		inSession, ok := any(f).(func(context.Context, *db.Session, *Job[T]) error)
		if !ok {
			job, err := newJob[T](row)
			if err != nil {
				return err
			}
			return any(f).(func(context.Context, *db.DB, *Job[T]) error)(ctx, d, job)
		}
		return d.Do(ctx, func(ctx context.Context, s *db.Session) error {
			job, err := newJob[T](row) // afresh: an earlier attempt may have changed it
			if err != nil {
				return err
			}
			if err := inSession(ctx, s, job); err != nil {
				return err
			}
			return complete(ctx, s, row)
		}, unit...)
	}
}

// newJob returns a job as its worker sees it.
func newJob[T Args](row *rivertype.JobRow) (*Job[T], error) {
	j := &Job[T]{ID: row.ID, Queue: row.Queue, Attempt: row.Attempt, MaxAttempts: row.MaxAttempts,
		EnqueuedAt: row.CreatedAt, DueAt: row.ScheduledAt, Progress: progressOf(row)}
	if err := json.Unmarshal(row.EncodedArgs, &j.Args); err != nil {
		return nil, fmt.Errorf("its arguments do not fit into a %T: %w", j.Args, err)
	}
	return j, nil
}

// errTaken is the error of a run that took so long that its job was taken for
// lost.
var errTaken = errors.New("jobs: the job was taken for lost and given to another run meanwhile; what this one wrote is rolled back")

// now is the database's time in the form of River's own times.
func now(d db.Dialect) string {
	if d == db.SQLite {
		return "strftime('%Y-%m-%d %H:%M:%f', 'now')"
	}
	return "now()"
}

// complete marks a job as done, in the session that did it. River leaves a job
// alone that is done already.
func complete(ctx context.Context, s *db.Session, row *rivertype.JobRow) error {
	n, err := s.Exec(ctx, "UPDATE river_job SET state = 'completed', finalized_at = "+now(s.Dialect())+" WHERE id = $1 AND state = 'running'", row.ID)
	if err == nil && n == 0 {
		err = errTaken
	}
	return err
}

// args are the arguments of a job as River sees them: of one type for all
// workers, which decode them themselves.
type args struct{ kind string }

// Kind implements river.JobArgs.
func (a args) Kind() string { return a.kind }

// UnmarshalJSON implements json.Unmarshaler.
func (args) UnmarshalJSON([]byte) error { return nil }

// worker implements river.Worker.
type worker struct {
	river.WorkerDefaults[args]
	entry
	db        *db.DB
	observers []Observer
}

// Timeout implements river.Worker. Zero is the client's.
func (w *worker) Timeout(*river.Job[args]) time.Duration { return w.timeout }

// NextRetry implements river.Worker. Zero is the client's.
func (w *worker) NextRetry(j *river.Job[args]) time.Time {
	if w.backoff == nil {
		return time.Time{}
	}
	return retryAt(w.backoff, j.JobRow)
}

// Work implements river.Worker.
func (w *worker) Work(ctx context.Context, j *river.Job[args]) error {
	err := observed(ctx, w.observers, j.JobRow, func(ctx context.Context) error {
		return protect(func() error { return w.run(ctx, w.db, j.JobRow) })
	})
	if err != nil && errors.Is(ctx.Err(), context.Canceled) && !errors.Is(err, context.Canceled) {
		// River puts a job back that was cancelled by a stop. It asks the error.
		err = fmt.Errorf("%w (%w)", err, context.Canceled)
	} else if p, ok := errors.AsType[*panicked](err); ok {
		err = stacked{p}
	}
	return storable(err)
}
