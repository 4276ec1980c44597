package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/terem-go/terem/db"
)

// Config are the settings of a Client. Its zero value is usable.
type Config struct {
	// Logger gets each failure of a job, with the job's kind and number and
	// never with its arguments, and what goes wrong in the queue itself. The
	// default is slog.Default().
	Logger *slog.Logger
	// Queues says how many jobs of each queue run at a time in this process. The
	// default is 10 of the queue "default". Others are not looked at.
	Queues map[string]int
	// Backoff says for queues how long a job that has failed waits for its next
	// attempt, where its worker does not say it; see Backoff. The default is what
	// the package's comment says.
	Backoff map[string]func(failed int) time.Duration
	// Timeout limits each run of a job whose worker has no Timeout of its own.
	// The default is 1 minute.
	Timeout time.Duration
	// RescueAfter is how long after its start a job is taken for lost with its
	// process, so that it is run again. It must be longer than each timeout,
	// with some time to return after it; the default is a minute longer than the
	// longest. It may take up to a minute more.
	RescueAfter time.Duration
	// Observers are told of every run of a job. The default is none.
	Observers []Observer
}

const (
	timeout    = time.Minute           // the default of Config.Timeout
	concurrent = 10                    // jobs of the default queue
	fetchPause = 20 * time.Millisecond // between two looks into the queue
)

func (c Config) withDefaults(w *Workers) Config {
	c.Logger = cmp.Or(c.Logger, slog.Default())
	c.Timeout = cmp.Or(c.Timeout, timeout)
	c.RescueAfter = cmp.Or(c.RescueAfter, w.longest(c.Timeout)+time.Minute)
	if c.Queues == nil {
		c.Queues = map[string]int{river.QueueDefault: concurrent}
	}
	return c
}

// check returns what is wrong and River does not find.
func (c Config) check(w *Workers) error {
	var problems []error
	if len(c.Queues) == 0 {
		problems = append(problems, errors.New("jobs: a client that works no queue does nothing: leave Queues nil for the default"))
	}
	if c.Timeout < 0 {
		problems = append(problems, errors.New("jobs: the timeout of jobs is negative"))
	}
	if longest := w.longest(c.Timeout); c.RescueAfter <= longest {
		problems = append(problems, fmt.Errorf("jobs: RescueAfter is %v, but jobs may run for %v: they would be run twice", c.RescueAfter, longest))
	}
	for name := range c.Backoff {
		if _, ok := c.Queues[name]; !ok {
			problems = append(problems, fmt.Errorf("jobs: Backoff is for the queue %q, which Queues does not name", name))
		}
	}
	return errors.Join(problems...)
}

// river returns the configuration of River's client.
func (c Config) river(d *db.DB, w *Workers) *river.Config {
	rc := &river.Config{
		Logger:               newRiverLog(c.Logger),
		ErrorHandler:         failures{c.Logger},
		Hooks:                []rivertype.Hook{new(tick)},
		Workers:              w.on(d, c.Observers),
		Queues:               map[string]river.QueueConfig{},
		JobTimeout:           c.Timeout,
		RetryPolicy:          &retries{queues: c.Backoff},
		RescueStuckJobsAfter: c.RescueAfter,
		FetchCooldown:        fetchPause,
		JobStuckThreshold:    grace,
		JobStuckHandler:      replaced(c.Logger),
		SoftStopTimeout:      math.MaxInt64, // Client.Stop decides when jobs are cancelled
	}
	for name, n := range c.Queues {
		rc.Queues[name] = river.QueueConfig{MaxWorkers: n}
	}
	for _, p := range w.schedule {
		rc.PeriodicJobs = append(rc.PeriodicJobs, p.river())
	}
	if d.Dialect() == db.SQLite {
		// Indexes stay as good as new there, and rebuilding them would keep everybody waiting.
		rc.ReindexerIndexNames = []string{}
	}
	return rc
}

// maxStuck is how many jobs that do not return are replaced in a process: they stay
// in memory, and what they hold is held.
const maxStuck = 100

// replaced has another job be run in the place of one that has not returned though
// its time is over.
func replaced(log *slog.Logger) river.JobStuckHandler {
	return func(ctx context.Context, p river.JobStuckHandlerParams) river.JobStuckHandlerResult {
		more := p.TotalStuckJobs <= maxStuck
		message := "a job does not return although its time is over: its worker must end with its context. Others run in its place"
		if !more {
			message = "too many jobs do not return although their time is over: this one keeps its place until the process is started anew"
		}
		log.ErrorContext(ctx, message, slog.String("kind", p.Kind), slog.Int64("job", p.ID), slog.String("queue", p.Queue), slog.Int("stuck", p.TotalStuckJobs))
		return river.JobStuckHandlerResult{AddWorkerSlot: more}
	}
}
