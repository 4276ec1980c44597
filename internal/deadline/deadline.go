// Package deadline makes contexts with deadlines that are cheap where most end
// long before: those of requests, and of COMMIT.
package deadline

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Context is a context with a deadline. Nothing is set up for it before somebody
// asks for Done. Contexts that have a second or more left by then share one
// timer, and may end up to tick too late.
type Context struct {
	context.Context // the parent
	at              time.Time

	mu      sync.Mutex
	err     error
	done    chan struct{}
	funcs   []*func()   // to run at the end
	orphan  func() bool // stops waiting for the parent
	timer   *time.Timer // of its own
	waiting bool        // in the list of those who share one
	before  *Context
	after   *Context
}

var _ context.Context = (*Context)(nil)

// Begin makes c a child of parent that ends after d. It is called once, before
// anything else.
func (c *Context) Begin(parent context.Context, d time.Duration) {
	c.Context, c.at = parent, time.Now().Add(d)
	if at, ok := parent.Deadline(); ok && at.Before(c.at) {
		c.at = at
	}
}

// End ends c, as the function does that context.WithCancel returns. It must be
// called once c is not needed any more.
func (c *Context) End() { _ = c.end(context.Canceled) }

// Deadline implements context.Context.
func (c *Context) Deadline() (time.Time, bool) { return c.at, true }

// Err implements context.Context.
func (c *Context) Err() error {
	c.mu.Lock()
	err := c.err
	c.mu.Unlock()
	if err != nil {
		return err
	}
	if err := c.Context.Err(); err != nil {
		return c.end(err)
	}
	if !time.Now().Before(c.at) {
		return c.end(context.DeadlineExceeded)
	}
	return nil
}

// Done implements context.Context.
func (c *Context) Done() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.done != nil {
		return c.done
	}
	c.done = make(chan struct{})
	if err := c.Context.Err(); err != nil && c.err == nil { // AfterFunc would come a moment later
		c.err = err
	}
	if c.err != nil {
		close(c.done)
		return c.done
	}
	if c.Context.Done() != nil {
		c.orphan = context.AfterFunc(c.Context, func() { _ = c.end(c.Context.Err()) })
	}
	if left := time.Until(c.at); left < time.Second {
		c.timer = time.AfterFunc(left, c.expire)
	} else {
		shared.add(c)
	}
	return c.done
}

// AfterFunc runs f in a goroutine of its own once c has ended, unless stop is
// called before. It is what context.AfterFunc and contexts that are made of c look
// for: without it they would keep a goroutine waiting each.
func (c *Context) AfterFunc(f func()) (stop func() bool) {
	c.Done()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		go f()
		return func() bool { return false }
	}
	c.funcs = append(c.funcs, &f)
	return func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		i := slices.Index(c.funcs, &f)
		if i < 0 {
			return false
		}
		c.funcs = slices.Delete(c.funcs, i, i+1)
		return true
	}
}

func (c *Context) expire() { _ = c.end(context.DeadlineExceeded) }

// end ends c unless it has ended already, and returns the error of its end.
func (c *Context) end(err error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return c.err
	}
	c.err = err
	if c.done == nil {
		return err
	}
	close(c.done)
	for _, f := range c.funcs {
		go (*f)()
	}
	c.funcs = nil
	if c.orphan != nil {
		c.orphan()
	}
	if c.timer != nil {
		c.timer.Stop()
	}
	shared.remove(c)
	return err
}
