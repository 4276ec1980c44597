package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"sync"
	"time"

	"github.com/riverqueue/river"

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
	// Timeout limits each run of a job whose worker has no Timeout of its own.
	// The default is 1 minute.
	Timeout time.Duration
	// RescueAfter is how long after its start a job is taken for lost with its
	// process, so that it is run again. It must be longer than each timeout,
	// with some time to return after it; the default is a minute longer than the
	// longest. It may take up to a minute more.
	RescueAfter time.Duration
}

// Client works off the jobs of a database.
type Client struct {
	log    *slog.Logger
	river  client
	engine *engine

	mu      sync.Mutex
	stop    context.CancelFunc // nil before Start
	stopped bool
	settled chan struct{} // closed when it is known whether River was started
	running bool          // River was started
}

const (
	timeout    = time.Minute           // the default of Config.Timeout
	fetchPause = 20 * time.Millisecond // between two looks into the queue
	grace      = 5 * time.Second       // for jobs that were cancelled to return
)

// New returns a client, which does not work before Start. It does not look at
// the database. The caller stops it, before closing the database. Errors are
// everything that is wrong with the workers and with c.
func New(d *db.DB, w *Workers, c Config) (*Client, error) {
	err := w.check()
	c.Logger = cmp.Or(c.Logger, slog.Default())
	c.Timeout = cmp.Or(c.Timeout, timeout)
	if c.Queues == nil {
		c.Queues = map[string]int{river.QueueDefault: 10}
	}
	if len(c.Queues) == 0 {
		err = errors.Join(err, errors.New("jobs: a client that works no queue does nothing: leave Queues nil for the default"))
	}
	if c.Timeout < 0 {
		err = errors.Join(err, errors.New("jobs: the timeout of jobs is negative"))
	}
	longest := w.longest(c.Timeout)
	c.RescueAfter = cmp.Or(c.RescueAfter, longest+time.Minute)
	if c.RescueAfter <= longest {
		err = errors.Join(err, fmt.Errorf("jobs: RescueAfter is %v, but jobs may run for %v: they would be run twice", c.RescueAfter, longest))
	}
	if err != nil {
		return nil, err
	}
	rc := &river.Config{
		Logger:               newRiverLog(c.Logger),
		ErrorHandler:         failures{c.Logger},
		Queues:               map[string]river.QueueConfig{},
		JobTimeout:           c.Timeout,
		RescueStuckJobsAfter: c.RescueAfter,
		FetchCooldown:        fetchPause,
		SoftStopTimeout:      math.MaxInt64, // Stop decides when jobs are cancelled
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
	if rc.Workers, err = w.on(d); err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	e, err := open(d)
	if err != nil {
		return nil, err
	}
	r, err := e.client(rc)
	if err != nil {
		e.close()
		return nil, fmt.Errorf("jobs: %w", err)
	}
	return &Client{log: c.Logger, river: r, engine: e, settled: make(chan struct{})}, nil
}

// Start begins to work, in the background, until Stop: the end of ctx does not
// end it. A database that is down is waited for. It returns an error when the
// client was started or stopped before.
func (c *Client) Start(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stop != nil || c.stopped {
		return errors.New("jobs: the client was started or stopped before")
	}
	ctx, c.stop = context.WithCancel(context.WithoutCancel(ctx))
	go c.start(ctx)
	return nil
}

// start starts River, as often as it takes.
func (c *Client) start(ctx context.Context) {
	defer close(c.settled)
	for pause := time.Second; ; pause = min(2*pause, 30*time.Second) {
		err := c.river.Start(ctx)
		if err == nil {
			c.running = true
			return
		}
		if ctx.Err() != nil {
			return
		}
		c.log.WarnContext(ctx, "jobs do not run yet; trying again", slog.Any("error", err), slog.Duration("in", pause))
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// Stop takes no more jobs and lets those that run finish until ctx ends. Then it
// cancels them: a job that returns because of that goes back into the queue, and
// this attempt is not counted. After 5 s more it returns an error; jobs that
// still run then are run again after Config.RescueAfter if the process ends.
func (c *Client) Stop(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stopped {
		return nil
	}
	if c.stop != nil {
		defer c.stop()
		select {
		case <-c.settled:
		default: // it still tries to start
			c.stop()
			<-c.settled
		}
	}
	if c.running && c.river.Stop(ctx) != nil {
		c.log.Warn("jobs did not finish in time and are cancelled")
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer cancel()
		if c.river.StopAndCancel(ctx) != nil {
			return fmt.Errorf("jobs: some have not returned %v after they were cancelled, or the database does not answer", grace)
		}
	}
	c.stopped = true
	c.engine.close()
	return nil
}
