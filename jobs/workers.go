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

// Workers are the functions that run jobs, each for one kind of them, and the
// times at which jobs are enqueued by themselves. They are put together by one
// goroutine and may then be used by many clients.
type Workers struct {
	list     []entry
	schedule []periodic
}

// entry is one worker, whatever the type of its arguments.
type entry struct {
	kind    string
	timeout time.Duration
	add     func(*river.Workers, *db.DB, []Observer) error // to those of River
	run     func(context.Context, *db.DB, *rivertype.JobRow) error
}

// NewWorkers returns Workers without any.
func NewWorkers() *Workers { return new(Workers) }

// WorkerOption changes a setting of one worker.
type WorkerOption func(*entry)

// Timeout limits each run of a worker's jobs, in place of Config.Timeout.
func Timeout(d time.Duration) WorkerOption { return func(a *entry) { a.timeout = d } }

// Add adds a worker: the function that runs the jobs whose arguments are a T. It
// opens units of work of its own on d; calls to the outside belong between them.
// Its context ends when it takes too long and when the client is stopped.
func Add[T Args](w *Workers, f func(ctx context.Context, d *db.DB, job *Job[T]) error, opts ...WorkerOption) {
	var args T
	a := entry{kind: args.Kind()}
	for _, opt := range opts {
		opt(&a)
	}
	a.add = func(to *river.Workers, d *db.DB, observers []Observer) error {
		return river.AddWorkerSafely(to, &worker[T]{db: d, f: f, timeout: a.timeout, observers: observers})
	}
	a.run = func(ctx context.Context, d *db.DB, row *rivertype.JobRow) error {
		j := &river.Job[T]{JobRow: row}
		if err := json.Unmarshal(row.EncodedArgs, &j.Args); err != nil {
			return err
		}
		return (&worker[T]{db: d, f: f}).Work(ctx, j)
	}
	w.list = append(w.list, a)
}

// check returns everything that is wrong with the workers and their schedule.
func (w *Workers) check() error {
	var problems []error
	kinds := map[string]bool{}
	for _, a := range w.list {
		if kinds[a.kind] {
			problems = append(problems, fmt.Errorf("jobs: there are two workers for %s", a.kind))
		}
		if a.timeout < 0 {
			problems = append(problems, fmt.Errorf("jobs: the timeout of the worker for %s is negative", a.kind))
		}
		kinds[a.kind] = true
	}
	if len(kinds) == 0 {
		problems = append(problems, errors.New("jobs: there are no workers: add one with jobs.Add"))
	}
	for _, p := range w.schedule {
		if !kinds[p.args.Kind()] {
			problems = append(problems, fmt.Errorf("jobs: %s is enqueued periodically but has no worker: add one with jobs.Add", p.args.Kind()))
		}
		if err := p.check(); err != nil {
			problems = append(problems, fmt.Errorf("jobs: the schedule of %s: %w", p.args.Kind(), err))
		}
	}
	return errors.Join(problems...)
}

// longest returns the longest time that a job may run.
func (w *Workers) longest(timeout time.Duration) time.Duration {
	for _, a := range w.list {
		timeout = max(timeout, a.timeout)
	}
	return timeout
}

// on returns the workers as River has them, for a database.
func (w *Workers) on(d *db.DB, observers []Observer) (*river.Workers, error) {
	to := river.NewWorkers()
	var problems []error
	for _, a := range w.list {
		problems = append(problems, a.add(to, d, observers))
	}
	return to, errors.Join(problems...)
}

// worker implements river.Worker.
type worker[T Args] struct {
	river.WorkerDefaults[T]
	db        *db.DB
	f         func(context.Context, *db.DB, *Job[T]) error
	timeout   time.Duration
	observers []Observer
}

// Timeout implements river.Worker. Zero is the client's.
func (w *worker[T]) Timeout(*river.Job[T]) time.Duration { return w.timeout }

// Work implements river.Worker.
func (w *worker[T]) Work(ctx context.Context, j *river.Job[T]) error {
	err := observed(ctx, w.observers, j.JobRow, func(ctx context.Context) error {
		return protect(func() error { return w.f(ctx, w.db, newJob(j)) })
	})
	if err != nil && errors.Is(ctx.Err(), context.Canceled) && !errors.Is(err, context.Canceled) {
		// River puts a job back that was cancelled by a stop. It asks the error.
		err = fmt.Errorf("%w (%w)", err, context.Canceled)
	}
	return err
}
