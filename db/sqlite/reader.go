package sqlite

import (
	"context"
	"time"

	"github.com/terem-go/terem/db"
)

// reader is a unit of work that only reads. It has a connection for as long as
// rows are open, or from its first statement on if it is to see one view of the
// data. The end of its context interrupts its statements.
type reader struct {
	pool     *readers
	snapshot bool
	conn     *conn // the one it has
	native   native
	waited   time.Duration // for connections
}

var (
	_ db.Conn = (*reader)(nil)
	_ unit    = (*reader)(nil)
)

// Query implements db.Conn.
func (r *reader) Query(ctx context.Context, sql string, args []any) (db.Rows, error) {
	if err := r.take(ctx); err != nil {
		return nil, err
	}
	d, err := r.conn.query(ctx, sql, args)
	if err != nil {
		r.give()
		return nil, err
	}
	return &rows{ctx: ctx, conn: r.conn, driver: d, reader: r}, nil
}

// Native implements db.Conn.
func (r *reader) Native(g db.Guard) any { return r.native.open(r, g) }

// with implements unit.
func (r *reader) with(ctx context.Context, f func(context.Context, *conn) error) error {
	if err := r.take(ctx); err != nil {
		return err
	}
	defer r.give()
	return f(ctx, r.conn)
}

// take gets a connection if there is none.
func (r *reader) take(ctx context.Context) error {
	if r.conn != nil {
		return nil
	}
	asked := time.Now()
	c, err := r.pool.take(ctx)
	r.waited += time.Since(asked)
	if err != nil {
		return err
	}
	if r.snapshot {
		if err := c.control(c.begin); err != nil {
			r.pool.drop(c)
			return err
		}
	}
	r.conn = c
	return nil
}

// Waited implements db.Conn.
func (r *reader) Waited() time.Duration { return r.waited }

// give returns the connection unless the reader keeps it.
func (r *reader) give() {
	if !r.snapshot {
		r.pool.give(r.conn)
		r.conn = nil
	}
}

// Rollback implements db.Conn.
func (r *reader) Rollback(context.Context) error {
	r.native.close()
	if r.conn == nil {
		return nil
	}
	c := r.conn
	r.conn = nil
	if err := c.control(c.rollback); err != nil {
		r.pool.drop(c)
		return err
	}
	r.pool.give(c)
	return nil
}
