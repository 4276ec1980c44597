package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/terem-go/terem/db"
)

// Options are how and when a job is to run. An Option sets one of them.
type Options struct {
	// Queue is the queue that the job waits in. The default is "default". A
	// queue that no client works (Config.Queues) is not looked at.
	Queue string
	// At is the time from which the job is due. The default is at once.
	At time.Time
	// MaxAttempts is how often the job is run at most. The default is 25.
	MaxAttempts int
	// Priority is from 1 to 4: of the jobs that are due in a queue, those of 1 are
	// run first. The default is 1.
	Priority int
	// Unique leaves the job out if one with the same kind, arguments and queue is
	// waiting or running. The default is to enqueue it.
	Unique bool
	// ID is set to the job's number, for Get. With Unique it is that of the job that
	// was there, if there is one. The default is not to ask for it.
	ID *int64
}

// Option changes how or when a job is to run.
type Option func(*Options)

// Queue puts a job into a queue of its own, so that it does not wait behind
// others, nor others behind it.
func Queue(name string) Option { return func(o *Options) { o.Queue = name } }

// At makes a job due at a time, to the second.
func At(t time.Time) Option { return func(o *Options) { o.At = t } }

// In makes a job due after d, to the second.
func In(d time.Duration) Option { return func(o *Options) { o.At = time.Now().Add(d) } }

// MaxAttempts sets how often a job is run at most.
func MaxAttempts(n int) Option { return func(o *Options) { o.MaxAttempts = n } }

// Priority sets which of the jobs that are due in a queue are run first: from 1,
// the default, to 4, those that can wait.
func Priority(n int) Option { return func(o *Options) { o.Priority = n } }

// Unique leaves a job out if one with the same kind, arguments and queue is
// waiting or running. One that is done or was given up is no reason. A session
// waits for another one that is enqueuing such a job.
func Unique(o *Options) { o.Unique = true }

// ID sets *to to the job's number, for Get, Retry and Cancel. On PostgreSQL the
// session waits for the server once more. It is for Enqueue alone.
func ID(to *int64) Option { return func(o *Options) { o.ID = to } }

// ArgsWithOptions are arguments that say themselves how their jobs are to run.
// What Enqueue is told goes before.
type ArgsWithOptions interface {
	Args
	// Options returns how jobs of this kind are run, such as a queue of their own
	// or fewer attempts.
	Options() []Option
}

// alive are the states of jobs that count for Unique.
var alive = []rivertype.JobState{rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
	rivertype.JobStateRunning, rivertype.JobStateScheduled}

// optionsOf returns the options of a job.
func optionsOf(args Args, opts []Option) (o Options) {
	if own, ok := args.(ArgsWithOptions); ok {
		opts = slices.Concat(own.Options(), opts)
	}
	for _, opt := range opts {
		opt(&o)
	}
	if !o.At.After(time.Now()) {
		o.At = time.Time{} // due already: the leader need not look for it
	}
	return o
}

// river returns the options as River has them.
func (o Options) river() *river.InsertOpts {
	to := &river.InsertOpts{Queue: o.Queue, ScheduledAt: o.At, MaxAttempts: o.MaxAttempts, Priority: o.Priority}
	if o.Unique {
		to.UniqueOpts = river.UniqueOpts{ByArgs: true, ByQueue: true, ByState: alive}
	}
	return to
}

// Enqueue adds a job to the session. It is there for workers once the session is
// committed, and never if it is not. If it cannot be added the session fails.
func Enqueue(ctx context.Context, s *db.Session, args Args, opts ...Option) error {
	return enqueue(ctx, s, []Args{args}, opts)
}

// EnqueueMany adds many jobs to the session, in one statement. All have the same
// options. Without any jobs it does nothing.
func EnqueueMany[T Args](ctx context.Context, s *db.Session, list []T, opts ...Option) error {
	if len(list) == 0 {
		return nil
	}
	all := make([]Args, len(list))
	for i, args := range list {
		all[i] = args
	}
	return enqueue(ctx, s, all, opts)
}

func enqueue(ctx context.Context, s *db.Session, list []Args, opts []Option) error {
	params := make([]river.InsertManyParams, len(list))
	var id *int64
	origin := metadata(ctx)
	for i, args := range list {
		o := optionsOf(args, opts)
		params[i], id = river.InsertManyParams{Args: args, InsertOpts: o.river()}, o.ID
		params[i].InsertOpts.Metadata = origin
	}
	var err error
	switch {
	case id == nil:
		err = within(ctx, s, func(q queue) error {
			_, err := q.insert(context.WithValue(ctx, sessionKey{}, s), params)
			return err
		})
	case len(params) == 1:
		err = within(ctx, s, func(q queue) error {
			added, err := q.insert(ctx, params)
			if err == nil {
				*id = added[0].Job.ID
			}
			return err
		})
	default:
		err = errors.New("jobs.ID is for one job: add them one by one with Enqueue")
		s.Note(err)
	}
	if err != nil {
		return fmt.Errorf("jobs: enqueue %s: %w", list[0].Kind(), err)
	}
	return nil
}
