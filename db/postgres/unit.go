package postgres

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/terem-go/terem/db"
)

// unit implements db.Tx, and db.Conn for readers.
type unit struct {
	pool   *pool
	begin  *command      // nil: every statement stands alone, on any connection
	conn   *pgxpool.Conn // from the first statement on
	open   pending       // what is still being read
	over   error         // why the transaction is gone
	tx     transaction   // once something was written
	later  []*command    // what goes ahead of the next statement
	waited time.Duration // for connections
	first  rows          // of the first statement, which is often the only one

	elsewhere *elsewhere  // for the first statement of a reader
	position  db.Position // of what was committed
}

// pending is an answer that must be read to its end before the next statement.
type pending interface{ finish() error }

var _ db.Tx = (*unit)(nil)

func (u *unit) Query(ctx context.Context, sql string, args []any) (db.Rows, error) {
	r, err := u.query(ctx, sql, args)
	if err != nil {
		return nil, err
	}
	return r, nil
}

func (u *unit) Exec(ctx context.Context, sql string, args []any) (int64, error) {
	switch {
	case u.open != nil || u.over != nil: // which query tells
	case sql == db.Savepoint:
		u.later = append(u.later, savepoint)
		return 0, nil
	case sql == db.Release:
		if n := len(u.later); n > 0 && u.later[n-1] == savepoint { // with nothing behind it
			u.later = u.later[:n-1]
		} else {
			u.later = append(u.later, release)
		}
		return 0, nil
	}
	r, err := u.query(ctx, sql, args)
	if err != nil {
		return 0, err
	}
	err = r.finish()
	tag := r.CommandTag()
	if tag.Select() { // counts the rows that it read
		return 0, err
	}
	return tag.RowsAffected(), err
}

// query sends a statement, with BEGIN ahead of it if it is the first of a
// transaction. It is always prepared: pgx's Exec would send a text without
// arguments as it is, with any number of commands in it.
func (u *unit) query(ctx context.Context, sql string, args []any) (*rows, error) {
	c, err := u.acquire(ctx, writes(sql))
	if err != nil {
		return nil, err
	}
	if sql == "" || linkOf(c).mode == pgx.QueryExecModeSimpleProtocol || slices.ContainsFunc(args, isSimple) {
		if err := u.flush(ctx, c); err != nil {
			return nil, err
		}
	}
	r := &u.first
	if r.unit != nil {
		r = &rows{}
	}
	*r = rows{unit: u, ctx: ctx, sql: sql}
	if r.Rows, err = c.Query(ctx, sql, args...); err != nil {
		r.end(err)
		return nil, r.err
	}
	u.open = r // and not before: a method of an argument may panic
	return r, nil
}

// isSimple reports whether an argument is pgx's option to send a statement by
// the simple protocol, which nothing can go ahead of.
func isSimple(arg any) bool {
	mode, ok := arg.(pgx.QueryExecMode)
	return ok && mode == pgx.QueryExecModeSimpleProtocol
}

// acquire makes sure of a connection for a statement, with what must go ahead of
// it: BEGIN, savepoints, and the question for the transaction's id if the statement
// writes.
func (u *unit) acquire(ctx context.Context, writes bool) (*pgx.Conn, error) {
	switch {
	case u.open != nil:
		return nil, db.ErrRowsOpen
	case u.over != nil:
		return nil, u.over
	}
	first := u.conn == nil
	if first {
		began := time.Now()
		err := u.take(ctx)
		u.waited += time.Since(began)
		if err != nil {
			return nil, err
		}
	}
	c := u.conn.Conn()
	if first && u.begin != nil {
		linkOf(c).ahead.add(u.begin)
	}
	for _, command := range u.later {
		linkOf(c).ahead.add(command)
	}
	if l := linkOf(c); writes && u.begin != nil && l.question != nil && !u.tx.id.Valid {
		l.ahead.add(l.question)
	}
	return c, nil
}

// flush sends what would go ahead of a statement, for one that it cannot go
// ahead of.
func (u *unit) flush(ctx context.Context, c *pgx.Conn) error {
	if linkOf(c).ahead.number == 0 {
		return nil
	}
	_, err := c.PgConn().Prepare(ctx, "", "", nil) // nothing
	return u.settle(ctx, err)
}

// settle looks at the connection after a statement that ended with err, and
// returns what that means.
func (u *unit) settle(ctx context.Context, err error) error {
	c := u.conn.Conn()
	lost := c.IsClosed()
	if u.begin != nil && !lost {
		a := linkOf(c).ahead
		if a.number == 0 {
			u.later = u.later[:0]
		}
		a.drop() // if pgx did not send the statement
		u.tx.read(a.row)
	}
	if lost {
		u.pool.suspect()
	}
	if lost && err == nil {
		err = pgconn.ErrConnClosed
	}
	err = failure(ctx, err, lost)
	switch {
	case u.begin == nil:
		u.release()
	case lost, c.PgConn().TxStatus() == 'I': // or it has not begun
		return u.ended(err)
	}
	return err
}

// Position implements db.Tx.
func (u *unit) Position() db.Position { return u.position }

// Waited implements db.Conn.
func (u *unit) Waited() time.Duration { return u.waited }

var errEnded = errors.New("postgres: a statement ended the transaction; only the unit of work commits and rolls back")

// ended notes that there is no transaction any more, because of err or a
// statement of the application's.
func (u *unit) ended(err error) error {
	if err == nil {
		err = &db.Error{Err: errEnded}
	}
	u.over = err
	u.release()
	return err
}

var andChain = regexp.MustCompile(`(?i)\band\s+chain\b`)

// chains reports whether a statement ended a transaction and began another.
// ROLLBACK TO a savepoint has the same tag.
func chains(tag pgconn.CommandTag, sql string) bool {
	s := tag.String()
	return (s == "COMMIT" || s == "ROLLBACK") && andChain.MatchString(sql)
}

// release gives the connection back.
func (u *unit) release() {
	u.pool.give(u.conn)
	u.conn = nil
}
