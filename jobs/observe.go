package jobs

import (
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// Observer is told of the jobs that a Client runs. Metrics and traces are made
// of it. Its methods are called by many goroutines at the same time, and jobs
// wait for them.
type Observer interface {
	// Begin is called before a job is run. The context that it returns is the
	// one that its function gets.
	Begin(ctx context.Context, r *Run) context.Context

	// End is called when the function has returned, with its context.
	End(ctx context.Context, r *Run)
}

// Run is one run of a job, as observers see it. It may be read within an
// observer's methods only.
type Run struct {
	Kind        string
	ID          int64
	Queue       string
	Attempt     int // counted from 1
	MaxAttempts int
	Trace       string    // the traceparent of what enqueued it, or "": see WithTrace
	DueAt       time.Time // when this attempt was to run
	Began       time.Time // when it did

	// Of a run that has ended:
	Outcome Outcome
	Err     error // what the function returned
	Took    time.Duration
}

// Outcome is what became of a run.
type Outcome uint8

// The outcomes.
const (
	OutcomeWorked   Outcome = iota
	OutcomeFailed           // it is tried again later
	OutcomeGivenUp          // it has failed for the last time, was cancelled, or has asked to be
	OutcomeSnoozed          // it has asked to be run later
	OutcomeReturned         // the client stops: back into the queue
)

// String returns the outcome's name as metrics and traces have it.
func (o Outcome) String() string {
	return [...]string{"worked", "failed", "given_up", "snoozed", "returned"}[o]
}

// outcomeOf says what River makes of the error that a job's function, whose
// context is ctx, has returned.
func outcomeOf(ctx context.Context, err error, j *rivertype.JobRow) Outcome {
	_, snoozed := errors.AsType[*river.JobSnoozeError](err)
	_, cancelled := errors.AsType[*river.JobCancelError](err)
	switch {
	case err == nil:
		return OutcomeWorked
	case errors.Is(context.Cause(ctx), river.ErrJobCancelledRemotely): // whatever it returns
		return OutcomeGivenUp
	case snoozed:
		return OutcomeSnoozed
	case errors.Is(ctx.Err(), context.Canceled):
		return OutcomeReturned
	case cancelled, j.Attempt >= j.MaxAttempts:
		return OutcomeGivenUp
	}
	return OutcomeFailed
}

// observed runs f, which runs a job, and tells the observers of it.
func observed(ctx context.Context, observers []Observer, j *rivertype.JobRow, f func(context.Context) error) error {
	if len(observers) == 0 {
		return f(ctx)
	}
	r := &Run{Kind: j.Kind, ID: j.ID, Queue: j.Queue, Attempt: j.Attempt, MaxAttempts: j.MaxAttempts, Trace: traceOf(j), DueAt: j.ScheduledAt, Began: time.Now()}
	for _, o := range observers {
		ctx = o.Begin(ctx, r)
	}
	r.Err = f(ctx)
	r.Took, r.Outcome = time.Since(r.Began), outcomeOf(ctx, r.Err, j)
	for _, o := range observers {
		o.End(ctx, r)
	}
	return r.Err
}
