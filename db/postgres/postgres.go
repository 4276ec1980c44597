// Package postgres is the engine of package db for PostgreSQL, natively on pgx
// and its pool.
//
//	d, err := db.Open(ctx, "postgres://app@localhost/shop", db.Config{}, postgres.Engine)
//
// The URL is libpq's, with pgx's additions: pool_max_conns and its kin. The
// engine has two pools of that size each, one for sessions and one for readers,
// whose connections are read-only by default_transaction_read_only. Without
// pool_max_conns a pool has twice as many connections as there are processors,
// and at least 8. Two more connections are kept for Ping and for the outcomes of
// COMMITs. New opens from a *pgxpool.Config instead.
//
// Two options of the URL are this package's own:
//
//	max_waiting   units of work that may wait for a connection of either pool,
//	              more are refused (db.Busy); the default is 1000
//	max_wait      how long each of them waits at most; the default is 1s
//
// BEGIN travels with the first statement of a session in one round trip, so a
// session of one statement takes two. A statement is prepared once on each
// connection, which is why it can hold one command only. A reader has no
// transaction: each statement takes a connection until its rows are closed.
//
// # When a COMMIT is not answered
//
// A session whose connection is lost while COMMIT is under way, or whose COMMIT
// takes longer than db.Config lets it, ends as the server says: it was committed,
// or it was rolled back and is tried once more. The server is asked on another
// connection, up to a second longer than COMMIT may take. The outcome stays
// unknown (class Lost), and nothing is tried again, if that connection is lost as
// well, if the server restarts, and if the session wrote only through functions
// that a SELECT calls, which do not let it learn its transaction's number. Behind
// a pooler such as PgBouncer it is always unknown.
//
// # Values
//
// A time is a moment: it comes back in UTC, to the microsecond, also from a
// column of type timestamp, which has no zone and holds UTC. SQL that makes
// dates and times makes them in UTC, unless the URL has a timezone.
//
// A destination of type *any gets int64, float64, bool, string, []byte,
// time.Time or nil, as on SQLite, also for uuid and numeric (string). Columns of
// types that SQLite does not have come as pgx decodes them: json as maps and
// slices, arrays as slices.
//
// PostgreSQL is stricter than SQLite about arguments: an int does not go into a
// text column, nor a bool into an integer one. What does not fit is an error of
// class Data. It never shows the value, nor do other errors of this package.
//
// SET in a session outlives it on the pooled connection: use SET LOCAL.
package postgres

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/terem-go/terem/db"
)

// Engine opens PostgreSQL for db.Open. The URL's password is in none of its
// errors.
var Engine = db.Opener{Schemes: []string{"postgres", "postgresql"}, Open: open}

// engine implements db.Engine.
type engine struct {
	writers, readers *pool
	reserve          *reserve
}

var _ db.Engine = (*engine)(nil)

// New returns an engine for db.New from a pool's configuration, which must come
// from pgxpool.ParseConfig and is not changed. A server that is down is no
// error: connections are made when they are needed.
//
// The sizes and limits in c hold for each of the two pools; the options of the
// URL that are this package's own are found in c, too. New sets
// default_transaction_read_only for the readers, the session's time zone to UTC
// unless c has one, and BuildContextWatcherHandler.
func New(ctx context.Context, c *pgxpool.Config) (db.Engine, error) {
	c = c.Copy()
	l, err := parseLimits(c.ConnConfig.RuntimeParams)
	if err != nil {
		return nil, err
	}
	e := &engine{}
	if e.reserve, err = newReserve(ctx, c); err != nil {
		return nil, err
	}
	if e.writers, err = newPool(ctx, c, newQueue("a connection", c.MaxConns, l), e.reserve); err != nil {
		e.reserve.close(ctx)
		return nil, err
	}
	c.ConnConfig.RuntimeParams["default_transaction_read_only"] = "on"
	if e.readers, err = newPool(ctx, c, newQueue("a connection that reads", c.MaxConns, l), nil); err != nil {
		e.writers.Close()
		e.reserve.close(ctx)
		return nil, err
	}
	return e, nil
}

func (e *engine) Dialect() db.Dialect { return db.Postgres }

func (e *engine) Begin(o db.Options) db.Tx {
	if o.Serializable() {
		return &unit{pool: e.writers, begin: serializable}
	}
	return &unit{pool: e.writers, begin: readCommitted}
}

func (e *engine) Read(o db.Options) db.Conn {
	if o.Snapshot {
		return &unit{pool: e.readers, begin: snapshot}
	}
	return &unit{pool: e.readers}
}

func (e *engine) Ping(ctx context.Context) error {
	return failure(ctx, e.reserve.ping(ctx), true)
}

func (e *engine) Migrator() (*sql.DB, error) {
	c := e.writers.Config()
	d := stdlib.OpenDB(*c.ConnConfig, stdlib.OptionBeforeConnect(c.BeforeConnect), stdlib.OptionAfterConnect(c.AfterConnect))
	d.SetMaxOpenConns(1)
	return d, nil
}

// closing is how long Close waits for units that are under way: for a COMMIT and
// the question for its outcome, if need be.
const closing = 7 * time.Second

func (e *engine) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closing)
	defer cancel()
	err := errors.Join(e.writers.close(ctx), e.readers.close(ctx))
	e.reserve.close(ctx)
	return err
}
