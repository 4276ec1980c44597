package db

import (
	"context"
	"sync"
	"time"
)

// Position is a place in a database's log of changes: a replica that has come so
// far shows them. Its zero value stands for a place that is not known.
type Position uint64

// Fresh is how long the reads of a client stay on the primary after its write.
const Fresh = 2 * time.Second

// Client is for whom units of work are done on a database with replicas: a client
// sees what it wrote. The context of units carries it. Readers go by what it
// wrote last, and sessions tell it what they write.
//
// Readers whose context carries none, as in main, commands and jobs, stay on the
// primary.
type Client struct {
	mu       sync.Mutex
	wrote    time.Time
	position Position
	here     bool // and not before it was made
}

// NewClient returns a client that wrote last at a time, the zero time for never,
// and up to a position.
func NewClient(wrote time.Time, p Position) *Client {
	return &Client{wrote: wrote, position: p}
}

type clientKey struct{}

// Context returns a context for what is done for the client.
func (c *Client) Context(ctx context.Context) context.Context {
	return context.WithValue(ctx, clientKey{}, c)
}

// Wrote returns when the last session with the client's context was committed,
// and the position of what it wrote. It reports false if there was none. A session
// counts once it has sent a statement, since those that read may call functions
// that write; so does one whose outcome is not known.
func (c *Client) Wrote() (at time.Time, p Position, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.wrote, c.position, c.here
}

// note takes note of a session that was committed.
func (c *Client) note(p Position) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wrote, c.position, c.here = time.Now(), p, true
}

// last returns the position of the client's last write, and whether that was
// just now: less than Fresh ago, or under this context.
func (c *Client) last() (p Position, fresh bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.position, c.here || time.Since(c.wrote) < Fresh
}

// place decides whether a reader may go to a replica, and how far that must have
// come.
func (o *Options) place(ctx context.Context) {
	if o.Primary {
		o.Replica = false
		return
	}
	c, ok := ctx.Value(clientKey{}).(*Client)
	if !ok {
		return // to a replica if that was asked for
	}
	p, fresh := c.last()
	switch {
	case !fresh:
		o.Replica = true
	case o.Replica && p > 0:
		o.After = p
	default:
		o.Replica = false
	}
}

// tell tells the client of a session what that wrote.
func (s *Session) tell(ctx context.Context) {
	if !s.db.replicas || !s.mark.holds.Load() {
		return
	}
	if c, ok := ctx.Value(clientKey{}).(*Client); ok {
		c.note(s.tx.Position())
	}
}
