package postgres

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/terem-go/terem/db"
)

const (
	// catchUp is how long a reader waits for a replica to have what its client
	// wrote.
	catchUp = 500 * time.Millisecond
	// every is how often a replica is asked whether it answers, and so how long one
	// is left alone at most that does; silence is how long its answer may take.
	every, silence = time.Second, 2 * time.Second
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
	probe *pool // tells whether it answers
	log   *slog.Logger
	life  context.Context // until the engine is closed
	used  sync.Once
	away  atomic.Bool // it is left alone

	mu   sync.Mutex
	open map[*pgx.Conn]bool // of pool
}

// newReplica returns the nth of several replicas.
func newReplica(life context.Context, c *pgxpool.Config, n int, log *slog.Logger) (r *replica, err error) {
	r = &replica{log: log.With(slog.Int("replica", n)), life: life, open: map[*pgx.Conn]bool{}}
	if r.probe, err = newProbe(life, c); err != nil {
		return nil, err
	}
	c = c.Copy()
	after, before := c.AfterConnect, c.BeforeClose
	c.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		if after != nil {
			if err := after(ctx, conn); err != nil {
				return err
			}
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.open[conn] = true
		return nil
	}
	c.BeforeClose = func(conn *pgx.Conn) {
		r.mu.Lock()
		delete(r.open, conn)
		r.mu.Unlock()
		if before != nil {
			before(conn)
		}
	}
	if r.pool, err = newPool(life, c, "a connection to a replica", nil); err != nil {
		r.probe.Close()
		return nil, err
	}
	r.pool.leave = r.leave
	return r, nil
}

// Close closes the connections.
func (r *replica) Close() { r.probe.Close(); r.pool.Close() }

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
		r.used.Do(func() { go r.watch() })
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
	if r.life.Err() == nil && !r.away.Swap(true) {
		r.log.Warn("a replica is left alone until it answers again; reads go elsewhere", slog.Any("error", err))
	}
}

// watch asks the replica every second whether it answers, from its first use on.
// What waits for one that does not is cut off, and run again on the primary.
func (r *replica) watch() {
	for {
		select {
		case <-r.life.Done():
			return
		case <-time.After(every):
		}
		if err := r.ping(); err != nil {
			r.leave(err)
			r.cut()
		} else if r.away.Swap(false) {
			r.log.Info("a replica answers again")
		}
	}
}

func (r *replica) ping() error {
	ctx, cancel := context.WithTimeout(r.life, silence)
	defer cancel()
	c, err := r.probe.Acquire(ctx) // tries one that was idle
	if err == nil {
		c.Release()
	}
	return err
}

// cut closes the sockets of all connections.
func (r *replica) cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for c := range r.open {
		_ = c.PgConn().Conn().Close()
	}
}
