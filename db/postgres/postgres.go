// Package postgres is the engine of package db for PostgreSQL, natively on pgx
// and its pool.
//
//	d, err := db.Open(ctx, "postgres://app@localhost/shop", db.Config{}, postgres.Engine)
//
// The URL is libpq's, with pgx's additions: pool_max_conns and its kin. The
// engine has two pools of that size each, one for sessions and one for readers,
// whose connections are read-only by default_transaction_read_only. Without
// pool_max_conns a pool has twice as many connections as there are processors,
// and at least 8. New opens from a *pgxpool.Config instead.
//
// BEGIN travels with the first statement of a session in one round trip, so a
// session of one statement takes two. A statement is prepared once on each
// connection, which is why it can hold one command only. A reader has no
// transaction: each statement takes a connection until its rows are closed.
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

	"github.com/jackc/pgx/v5"
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
}

var _ db.Engine = (*engine)(nil)

// New returns an engine for db.New from a pool's configuration, which must come
// from pgxpool.ParseConfig and is not changed. A server that is down is no
// error: connections are made when they are needed.
//
// The sizes and limits in c hold for each of the two pools. New sets
// default_transaction_read_only for the readers, the session's time zone to UTC
// unless c has one, and BuildContextWatcherHandler.
func New(ctx context.Context, c *pgxpool.Config) (db.Engine, error) {
	writers, err := newPool(ctx, c)
	if err != nil {
		return nil, err
	}
	c = c.Copy()
	c.ConnConfig.RuntimeParams["default_transaction_read_only"] = "on"
	readers, err := newPool(ctx, c)
	if err != nil {
		writers.Close()
		return nil, err
	}
	return &engine{writers: writers, readers: readers}, nil
}

func (e *engine) Dialect() db.Dialect { return db.Postgres }

// How transactions begin. The levels are spelt out, whatever the server's
// defaults are.
var (
	readCommitted = pgx.TxOptions{IsoLevel: pgx.ReadCommitted}
	serializable  = pgx.TxOptions{IsoLevel: pgx.Serializable}
	snapshot      = pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
)

func (e *engine) Begin(o db.Options) db.Tx {
	if o.Serializable() {
		return &unit{pool: e.writers, begin: &serializable}
	}
	return &unit{pool: e.writers, begin: &readCommitted}
}

func (e *engine) Read(o db.Options) db.Conn {
	if o.Snapshot {
		return &unit{pool: e.readers, begin: &snapshot}
	}
	return &unit{pool: e.readers}
}

func (e *engine) Ping(ctx context.Context) error {
	return failure(ctx, e.writers.Ping(ctx), true)
}

func (e *engine) Migrator() (*sql.DB, error) {
	c := e.writers.Config()
	d := stdlib.OpenDB(*c.ConnConfig, stdlib.OptionBeforeConnect(c.BeforeConnect), stdlib.OptionAfterConnect(c.AfterConnect))
	d.SetMaxOpenConns(1)
	return d, nil
}

func (e *engine) Close() error {
	e.writers.Close()
	e.readers.Close()
	return nil
}
