package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/terem-go/terem/db"
)

var errUnreplicated = errors.New("postgres: COMMIT was done on this server, but it did not wait until a standby had it")

// Commit sends COMMIT. After that, a connection that breaks, or the deadline of
// ctx, leaves the outcome unknown: pgconn.SafeToRetry is not asked, for it says
// true although the row is there.
func (u *unit) Commit(ctx context.Context) error {
	err := u.closeOpen()
	switch {
	case u.over != nil:
		return u.over
	case u.conn == nil:
		return err
	}
	defer u.release()
	c := u.conn.Conn()
	if err == nil && c.PgConn().TxStatus() == 'I' { // by way of pgx, past this engine
		err = &db.Error{Err: errEnded}
	}
	if err != nil {
		_ = u.rollback(ctx) // what fails already is not saved by it
		return err
	}
	return commit(ctx, c)
}

func commit(ctx context.Context, c *pgx.Conn) error {
	l, socket := linkOf(c), c.PgConn().Conn()
	l.committing.Store(true)
	l.unreplicated.Store(false)
	stop := func() bool { return true }
	if deadline, ok := ctx.Deadline(); ok {
		stop = time.AfterFunc(time.Until(deadline), func() { _ = socket.Close() }).Stop
	}
	tag, err := c.Exec(context.WithoutCancel(ctx), "commit")
	answered := stop() && !c.IsClosed()
	if !answered {
		_ = socket.Close()
		_ = c.Close(ctx)
	}
	l.committing.Store(!answered)
	switch {
	case err != nil && !answered:
		return lost(ctx, err)
	case err != nil:
		return failure(ctx, err, false)
	case l.unreplicated.Load():
		return lost(ctx, errUnreplicated)
	case tag.String() != "COMMIT": // but ROLLBACK, since a statement had failed
		return &db.Error{Err: pgx.ErrTxCommitRollback}
	}
	return nil
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
	return u.open()
}
