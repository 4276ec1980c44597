package postgres

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/terem-go/terem/db"
)

// pool is a pool of pgx's behind a queue. It knows when a connection was last
// lost: others that have been idle since before are tried before they are used,
// for after a restart of the server a second attempt would find them as dead as
// the first.
type pool struct {
	*pgxpool.Pool
	queue     *queue
	reserve   *reserve    // for outcomes, if sessions use the pool
	positions bool        // COMMIT asks for one
	leave     func(error) // told that connections are lost, or not to be had; may be nil
	lost      atomic.Pointer[time.Time]
}

// newPool returns a pool for c, which it does not change, behind a queue unless
// what is waited for has no name.
func newPool(ctx context.Context, c *pgxpool.Config, what string, r *reserve) (*pool, error) {
	p := &pool{reserve: r}
	c = c.Copy()
	l, err := parseLimits(c.ConnConfig.RuntimeParams)
	if err != nil {
		return nil, err
	}
	if what != "" {
		p.queue = newQueue(what, c.MaxConns, l)
	}
	setDefault(c.ConnConfig, "timezone", "UTC")
	before, after, ping := c.BeforeConnect, c.AfterConnect, c.ShouldPing
	if ping == nil {
		ping = func(_ context.Context, s pgxpool.ShouldPingParams) bool { return s.IdleDuration > time.Second } // as pgx does
	}
	c.BeforeConnect = func(ctx context.Context, cc *pgx.ConnConfig) error {
		if before != nil {
			if err := before(ctx, cc); err != nil {
				return err
			}
		}
		watch(cc)
		return nil
	}
	c.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		register(conn.TypeMap())
		if r != nil {
			r.open() // and not before: it must not take the last connection
			if err := linkOf(conn).choose(ctx, conn); err != nil {
				return err
			}
		}
		if after != nil {
			return after(ctx, conn)
		}
		return nil
	}
	c.ShouldPing = func(ctx context.Context, s pgxpool.ShouldPingParams) bool {
		lost := p.lost.Load()
		return lost != nil && time.Since(*lost) < s.IdleDuration || ping(ctx, s)
	}
	if p.Pool, err = pgxpool.NewWithConfig(ctx, c); err != nil {
		return nil, fmt.Errorf("postgres: %w", err)
	}
	return p, nil
}

// take returns a connection for one unit's use.
func (p *pool) take(ctx context.Context) (*pgxpool.Conn, error) {
	if err := p.queue.enter(ctx); err != nil {
		return nil, err
	}
	c, err := p.Acquire(ctx)
	if err != nil {
		p.queue.Leave()
		err = failure(ctx, err, true)
		if p.leave != nil && db.ClassOf(err) != db.Canceled {
			p.leave(err)
		}
		return nil, err
	}
	return c, nil
}

// give takes a connection back. One that is broken, busy or inside a transaction
// is destroyed, and its place is taken until that is done.
func (p *pool) give(c *pgxpool.Conn) {
	conn := c.Conn().PgConn()
	whole := !conn.IsClosed() && !conn.IsBusy() && conn.TxStatus() == 'I'
	c.Release()
	if whole {
		p.queue.Leave()
		return
	}
	go func() {
		select {
		case <-conn.CleanupDone():
		case <-time.After(cancelLimit): // the server says nothing any more: pgx would listen for 15 s
			_ = conn.Conn().Close()
			<-conn.CleanupDone()
		}
		p.queue.Leave()
	}()
}

// suspect notes that a connection was lost.
func (p *pool) suspect() {
	now := time.Now()
	p.lost.Store(&now)
	if p.reserve != nil {
		p.reserve.check()
	}
	if p.leave != nil {
		p.leave(errLost)
	}
}

var errLost = errors.New("postgres: a connection was lost")

// close waits for units that are under way until ctx ends, and closes the
// connections.
func (p *pool) close(ctx context.Context) error {
	if !p.queue.Drain(ctx) {
		go p.Close()
		return fmt.Errorf("postgres: a unit of work still has %s", p.queue.What)
	}
	p.Close()
	return nil
}

// setDefault sets a parameter of the server's session that nobody has set. The
// names of parameters have no case.
func setDefault(c *pgx.ConnConfig, name, value string) {
	set := slices.Collect(maps.Keys(c.RuntimeParams))
	if !slices.ContainsFunc(set, func(s string) bool { return strings.EqualFold(s, name) }) {
		c.RuntimeParams[name] = value
	}
}
