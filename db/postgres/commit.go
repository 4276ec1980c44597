package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/terem-go/terem/db"
)

var errUnreplicated = errors.New("postgres: COMMIT was done on this server, but it did not wait until a standby had it")

// Commit sends COMMIT. When a connection breaks after that, or the deadline of
// ctx passes, the server is asked for the outcome: pgconn.SafeToRetry is not,
// for it says true although the row is there.
func (u *unit) Commit(ctx context.Context) error {
	err := u.closeOpen()
	switch {
	case u.over != nil:
		return u.over
	case u.conn == nil:
		return err
	}
	c := u.conn.Conn()
	if err == nil && c.PgConn().TxStatus() == 'I' { // by way of pgx, past this engine
		err = &db.Error{Err: errEnded}
	}
	if err != nil {
		_ = u.rollback(ctx) // what fails already is not saved by it
		u.release()
		return err
	}
	u.position, err = commit(ctx, c, u.pool.positions)
	if c.IsClosed() {
		u.pool.suspect()
	}
	broken, ok := errors.AsType[*unanswered](err)
	if !ok {
		u.release()
		return err
	}
	r := u.pool.reserve
	if r.hold() { // while this unit still keeps the database open
		defer r.leave()
	}
	u.release()
	return r.outcome(ctx, u.tx, broken.err)
}

// unanswered is the error of a COMMIT that the server may or may not have done.
type unanswered struct{ err error }

func (e *unanswered) Error() string { return e.err.Error() }
func (e *unanswered) Unwrap() error { return e.err }

// commit returns the position of what it has committed if that is asked for: it
// comes behind the answer to COMMIT, which alone decides what came of it.
func commit(ctx context.Context, c *pgx.Conn, ask bool) (db.Position, error) {
	sql := "commit"
	if ask {
		sql = "commit; select pg_current_wal_insert_lsn()"
	}
	tag, position, err := durably(ctx, c, sql)
	switch {
	case errors.Is(err, errUnreplicated):
		return 0, lost(ctx, err)
	case err != nil && c.IsClosed():
		return 0, &unanswered{err}
	case err != nil:
		return 0, failure(ctx, err, false)
	case tag.String() != "COMMIT": // but ROLLBACK, since a statement had failed
		return 0, &db.Error{Err: pgx.ErrTxCommitRollback}
	}
	return parsePosition(position), nil
}

// durably runs a command that commits. It is not cancelled at the server, since
// one that waits for a standby would then return as if it were safe there: at
// the deadline of ctx the connection is closed. It returns the value of a query
// behind the command, too.
func durably(ctx context.Context, c *pgx.Conn, sql string) (pgconn.CommandTag, string, error) {
	l, socket := linkOf(c), c.PgConn().Conn()
	l.committing.Store(true)
	l.unreplicated.Store(false)
	deadline, limited := ctx.Deadline()
	switch {
	case !limited:
	case l.limit == nil:
		l.limit = time.AfterFunc(time.Until(deadline), func() { _ = socket.Close() })
	default:
		l.limit.Reset(time.Until(deadline))
	}
	tag, value, err := both(c.PgConn().Exec(context.WithoutCancel(ctx), sql))
	answered := (!limited || l.limit.Stop()) && !c.IsClosed()
	if !answered {
		_ = socket.Close()
		_ = c.Close(ctx)
	}
	l.committing.Store(!answered)
	if l.unreplicated.Load() {
		err = errUnreplicated
	}
	return tag, value, err
}

// Rollback sends ROLLBACK. When that fails, the pool drops the connection, and
// the server undoes what it began.
func (u *unit) Rollback(ctx context.Context) error {
	_ = u.closeOpen()
	if u.conn == nil {
		return nil
	}
	defer u.release()
	return u.rollback(ctx)
}

func (u *unit) rollback(ctx context.Context) error {
	c := u.conn.Conn()
	_, err := c.Exec(ctx, "rollback")
	return failure(ctx, err, c.IsClosed())
}

// closeOpen closes what the unit left open; COMMIT and ROLLBACK would be refused
// with "conn busy".
func (u *unit) closeOpen() error {
	if u.open == nil {
		return nil
	}
	return u.open.finish()
}
