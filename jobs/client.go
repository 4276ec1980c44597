package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/terem-go/terem/db"
)

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

// grace is how long jobs that were cancelled may take to return.
const grace = 5 * time.Second

// New returns a client, which does not work before Start. It does not look at
// the database. The caller stops it, before closing the database. Errors are
// everything that is wrong with the workers and with c.
func New(d *db.DB, w *Workers, c Config) (*Client, error) {
	c = c.withDefaults(w)
	if err := errors.Join(w.Check(), c.check(w)); err != nil {
		return nil, err
	}
	e, err := open(d)
	if err != nil {
		return nil, err
	}
	r, err := e.client(c.river(d, w))
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
