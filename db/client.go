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
// wrote last, and sessions tell it what they write. It is safe for use by many
// goroutines.
//
// Readers whose context carries none, as in main, commands and jobs, stay on the
// primary.
type Client struct {
	mu       sync.Mutex
	wrote    time.Time
	position Position
	here     bool // and not before it was made
	stays    bool // its reads, on the primary
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

// Stay keeps the client's reads on the primary, but for those with Replica: they
// are behind what is going to be written.
func (c *Client) Stay() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stays = true
}

// note takes note of a session that was committed.
func (c *Client) note(p Position) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wrote, c.position, c.here = time.Now(), p, true
}

// place decides whether a reader may go to a replica, and how far that must have
// come. Without a client, it may if it asks for it.
func (o *Options) place(ctx context.Context) {
	if o.Primary {
		o.Replica = false
		return
	}
	c, ok := ctx.Value(clientKey{}).(*Client)
	if !ok {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	fresh := c.here || time.Since(c.wrote) < Fresh
	switch {
	case fresh && o.Replica && c.position > 0:
		o.After = c.position
	case fresh:
		o.Replica = false
	case !c.stays:
		o.Replica = true
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
