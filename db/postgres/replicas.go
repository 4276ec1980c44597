package postgres

import (
	"context"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/terem-go/terem/db"
)

const (
	// catchUp is how long a reader waits for a replica to have what its client
	// wrote.
	catchUp = 500 * time.Millisecond
	// absence is how long a replica is left alone that could not be reached.
	absence = time.Second
)

// elsewhere says where a reader looks for a connection before it takes one to the
// primary.
type elsewhere struct {
	replicas []*replica  // the first that is fit
	after    db.Position // how far it must have come
}

// replica is a pool of connections to one of them.
type replica struct {
	*pool
	log  *slog.Logger
	away atomic.Bool     // it is left alone
	life context.Context // until the engine is closed
}

// newReplica returns the nth of several replicas.
func newReplica(life context.Context, c *pgxpool.Config, n int, log *slog.Logger) (*replica, error) {
	p, err := newPool(life, c, "a connection to a replica", nil)
	if err != nil {
		return nil, err
	}
	r := &replica{pool: p, log: log.With(slog.Int("replica", n)), life: life}
	p.leave = r.leave
	return r, nil
}

// inTurn returns the replicas, each time with another one in front.
func (e *engine) inTurn() []*replica {
	n := len(e.replicas)
	first := int(e.turn.Add(1)) % n
	return append(slices.Clone(e.replicas[first:]), e.replicas[:first]...)
}

// take takes a connection for the unit's next statement: to a replica if one is
// asked for and fit for it, and to that one for all that follow.
func (u *unit) take(ctx context.Context) (err error) {
	if x := u.elsewhere; x != nil {
		u.elsewhere = nil
		if u.conn, err = x.take(ctx, u); u.conn != nil || err != nil {
			return err
		}
	}
	u.conn, err = u.pool.take(ctx)
	return err
}

// take returns a connection to the first replica that is not left alone, and has
// the unit stay there. It returns none where all are, or that one has not come
// far enough.
func (x *elsewhere) take(ctx context.Context, u *unit) (*pgxpool.Conn, error) {
	for _, r := range x.replicas {
		if r.away.Load() {
			continue
		}
		c, err := r.reach(ctx, x.after)
		switch {
		case c != nil:
			u.pool = r.pool
			return c, nil
		case err == nil, db.ClassOf(err) == db.Busy, db.ClassOf(err) == db.Canceled:
			return nil, err
		}
	}
	return nil, nil
}

// reached asks how far a replica has come. One that is a primary by now has all
// that there is.
const reached = "SELECT NOT pg_is_in_recovery() OR pg_last_wal_replay_lsn() >= $1::text::pg_lsn"

// reach takes a connection once the replica has come to a position. It returns
// none if that takes too long.
func (r *replica) reach(ctx context.Context, after db.Position) (*pgxpool.Conn, error) {
	limit := time.Now().Add(catchUp)
	for pause := time.Millisecond; ; pause = min(2*pause, 20*time.Millisecond) {
		c, err := r.take(ctx)
		if err != nil || after == 0 {
			return c, err
		}
		var there bool
		err = c.QueryRow(ctx, reached, formatPosition(after)).Scan(&there)
		if there {
			return c, nil
		}
		if c.Conn().IsClosed() {
			r.suspect()
		}
		r.give(c) // for others, meanwhile
		if err != nil {
			return nil, failure(ctx, err, true)
		}
		if time.Now().Add(pause).After(limit) {
			return nil, nil
		}
		select {
		case <-ctx.Done():
			return nil, &db.Error{Class: db.Canceled, Err: ctx.Err()}
		case <-time.After(pause):
		}
	}
}

// leave leaves the replica alone until it answers again.
func (r *replica) leave(err error) {
	if r.life.Err() != nil || r.away.Swap(true) {
		return
	}
	r.log.Warn("a replica is left alone until it answers again; reads go elsewhere", slog.Any("error", err))
	go func() {
		for r.life.Err() == nil && r.try() != nil {
		}
	}()
}

// try waits for a moment and comes back to the replica if it answers.
func (r *replica) try() error {
	select {
	case <-r.life.Done():
		return r.life.Err()
	case <-time.After(absence):
	}
	ctx, cancel := context.WithTimeout(r.life, 2*cancelLimit)
	defer cancel()
	c, err := r.Acquire(ctx) // beside the queue
	if err != nil {
		return err
	}
	defer c.Release()
	if err := c.Ping(ctx); err != nil {
		return err
	}
	r.away.Store(false)
	r.log.Info("a replica answers again")
	return nil
}
