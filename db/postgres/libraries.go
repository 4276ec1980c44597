package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/terem-go/terem/db"
)

// Tx returns a session as a transaction of pgx, for libraries that write through
// one. The transaction is the session: its statements count as any other, and
// what it wrote is committed with the rest. Begin, Commit, Rollback and Prepare
// are refused, Conn returns nil, and LargeObjects panics.
//
// Tx panics if the session is one of another engine.
func Tx(s *db.Session) pgx.Tx { return sessionTx{Native(s)} }

// sessionTx implements pgx.Tx.
type sessionTx struct{ DBTX }

var (
	errUnit    = errors.New("postgres: the unit of work is the transaction and ends it itself; use Nested for a part that may fail")
	errPrepare = errors.New("postgres: a session prepares its statements itself")
)

func (sessionTx) Begin(context.Context) (pgx.Tx, error) { return nil, errUnit }
func (sessionTx) Commit(context.Context) error          { return errUnit }
func (sessionTx) Rollback(context.Context) error        { return errUnit }
func (sessionTx) Conn() *pgx.Conn                       { return nil }

func (sessionTx) Prepare(context.Context, string, string) (*pgconn.StatementDescription, error) {
	return nil, errPrepare
}

func (sessionTx) LargeObjects() pgx.LargeObjects {
	panic("postgres: a session has no LargeObjects; use the server's functions, such as lo_put")
}

// Pool opens a further pool of at most size connections to the database, for
// libraries that do work of their own, such as a job queue: neither they nor
// sessions wait for the other. Its connections are as sessions have them, but
// one whose statement's context ends is given up, as pgx does by itself, so that
// waiting for a notification ends at once. It connects when it is used, past a
// pooler.
//
// The caller closes the pool, before the database. Pool panics if d is on
// another engine.
func Pool(ctx context.Context, d *db.DB, size int32) (*pgxpool.Pool, error) {
	e, ok := d.Engine().(*engine)
	if !ok {
		panic(fmt.Sprintf("postgres: Pool of a database on another engine, which is a %T", d.Engine()))
	}
	c := e.reserve.Config()
	c.MaxConns, c.ShouldPing = size, nil
	before := c.BeforeConnect
	c.BeforeConnect = func(ctx context.Context, cc *pgx.ConnConfig) error {
		if err := before(ctx, cc); err != nil {
			return err
		}
		cc.BuildContextWatcherHandler = func(p *pgconn.PgConn) ctxwatch.Handler {
			return &pgconn.DeadlineContextWatcherHandler{Conn: p.Conn()}
		}
		return nil
	}
	p, err := pgxpool.NewWithConfig(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("postgres: %w", err)
	}
	return p, nil
}
