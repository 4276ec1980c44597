package postgres

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/terem-go/terem/internal/fifo"
)

const (
	reserveSize = 2
	// keepAlive is how often the connections of a reserve are used at least, so
	// that routers on the way do not forget them; reopen is how soon missing ones
	// are tried again.
	keepAlive, reopen = 10 * time.Second, time.Second
)

// reserve are two connections that units cannot have, for what must work while
// units have all others: asking for the outcome of a COMMIT, and Ping. They are
// opened with the first connection of a unit, and again when one is lost.
type reserve struct {
	*pool
	pinging   turn // each of the two has a connection
	questions turn
	asking    fifo.Queue // entered by those who ask for an outcome

	mu      sync.Mutex
	full    bool          // when it was last looked at
	filling chan struct{} // closed when the filling that is under way ends
	failed  bool          // the last one did
	closed  bool
	next    *time.Timer

	life context.Context // until close
	end  context.CancelFunc
}

// turn is held by one at a time.
type turn chan struct{}

func (t turn) enter(ctx context.Context) error {
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t turn) leave() { <-t }

func newReserve(ctx context.Context, c *pgxpool.Config) (*reserve, error) {
	c = c.Copy()
	c.MaxConns, c.MinConns, c.MinIdleConns = reserveSize, 0, 0
	c.ShouldPing = func(context.Context, pgxpool.ShouldPingParams) bool { return true }
	if c.ConnConfig.ConnectTimeout == 0 {
		c.ConnConfig.ConnectTimeout = 5 * time.Second
	}
	p, err := newPool(ctx, c, "", nil)
	if err != nil {
		return nil, err
	}
	r := &reserve{pool: p, pinging: make(turn, 1), questions: make(turn, 1), asking: fifo.Queue{Places: everybody, Closed: errClosed}}
	r.life, r.end = context.WithCancel(context.WithoutCancel(ctx))
	r.next = time.AfterFunc(keepAlive, r.refresh)
	r.next.Stop()
	return r, nil
}

// open fills the reserve unless it is full. It does not wait.
func (r *reserve) open() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.full {
		r.fill()
	}
}

// check looks at the connections after another one was lost, and opens those
// that were, too. It does not wait.
func (r *reserve) check() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.full = false
	r.fill()
}

// refresh uses the connections, whether they are there or not.
func (r *reserve) refresh() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fill()
}

// fill begins to fill the reserve if nobody does so yet, and returns what is
// closed when that has ended. mu is held.
func (r *reserve) fill() <-chan struct{} {
	if r.filling != nil || r.closed {
		return r.filling
	}
	filled := make(chan struct{})
	r.filling = filled
	go func() {
		err := r.use()
		r.mu.Lock()
		defer r.mu.Unlock()
		r.full, r.failed, r.filling = err == nil, err != nil, nil
		close(filled)
		if !r.closed {
			after := keepAlive
			if r.failed {
				after = reopen
			}
			r.next.Reset(after)
		}
	}()
	return filled
}

// use opens the connections that are missing or broken.
func (r *reserve) use() error {
	ctx, cancel := context.WithTimeout(r.life, 2*keepAlive)
	defer cancel()
	for range 5 {
		if err := r.takeAll(ctx); err != nil || r.Stat().TotalConns() == reserveSize {
			return err
		} // else one was taken twice, on a machine that is busy
	}
	return errHalf
}

var errHalf = errors.New("postgres: the reserve has one connection")

// takeAll takes both connections, and gives each of them back, if need be before
// the other one is there.
func (r *reserve) takeAll(ctx context.Context) error {
	errs := make([]error, reserveSize)
	all := make(chan struct{})
	var taken, given sync.WaitGroup
	taken.Add(reserveSize)
	for i := range errs {
		given.Go(func() {
			c, err := r.Acquire(ctx)
			taken.Done()
			if errs[i] = err; err != nil {
				return
			}
			defer c.Release()
			select {
			case <-all:
			case <-time.After(10 * time.Millisecond):
			}
		})
	}
	taken.Wait()
	close(all)
	given.Wait()
	return errors.Join(errs...)
}

// ping reports whether the database answers.
func (r *reserve) ping(ctx context.Context) error {
	if err := r.pinging.enter(ctx); err != nil {
		return err
	}
	defer r.pinging.leave()
	c, err := r.Acquire(ctx) // tries one that was idle
	if err == nil {
		c.Release()
	}
	return err
}

// everybody is more than there will ever be.
const everybody = 1 << 30

// hold keeps the reserve open until leave. It reports false if close has begun.
func (r *reserve) hold() bool { return r.asking.Enter(r.life, 0, false) == nil }

func (r *reserve) leave() { r.asking.Leave() }

// close waits for those who ask for an outcome until ctx ends, and closes the
// connections.
func (r *reserve) close(ctx context.Context) {
	_ = r.asking.Drain(ctx) // else their outcome is unknown
	r.mu.Lock()
	r.closed = true
	r.next.Stop()
	r.mu.Unlock()
	r.end()
	r.Close()
}
