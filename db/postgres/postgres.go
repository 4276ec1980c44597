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
// or it was rolled back and is tried once more. The server is asked for five
// seconds, until it answers: it may be out of reach, or another one may be taking
// over. The deadline of the session's context ends that sooner, but not before one
// second. Behind a pooler the server is asked past it, by db.Config.Direct.
//
// The outcome stays unknown (class Lost), and nothing is tried again, if nobody
// answers in that time, and if the session wrote only through functions that a
// SELECT calls, which do not let it learn its transaction's number. It also does if
// the server has crashed or restarted, or a standby has taken over, and may have the
// transaction: its number could be another one's by then. With the extension
// pg_walinspect (PostgreSQL 15) that is told, too:
//
//	CREATE EXTENSION pg_walinspect;
//	GRANT EXECUTE ON FUNCTION pg_get_wal_records_info(pg_lsn, pg_lsn) TO app;
//
// Sessions that write then write a mark of about 80 bytes into the server's log, on
// connections that are made from then on.
//
// # Replicas
//
// Each of db.Config.Replicas has a pool of its own. Readers that may go there take
// turns, and stay with one replica for all their statements. A replica that cannot
// be reached, loses a connection, or does not answer for two seconds is left alone
// until it answers again, which is looked for every second; readers go to another
// one or to the primary, and those that it has failed are run again there.
//
// COMMIT asks for the position of what it has written, in the same round trip. A
// reader that must see it waits for its replica to have it (pg_last_wal_replay_lsn),
// for half a second at most, and goes to the primary otherwise.
//
// # Poolers
//
// With db.Config.Pooler, statements are not prepared by name but described once
// (cache_describe); where the pooler keeps prepared statements (PgBouncer from 1.21
// on), default_query_exec_mode=cache_statement in the URLs has them prepared. Of the
// parameters in a URL, a pooler takes few, such as timezone and application_name;
// others belong to the role. Migrations, Pool and the outcome of COMMITs go past the
// pooler, on two connections and those of Pool.
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
	"log/slog"
	"sync/atomic"
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
	probe            *pool // of Ping behind a pooler; else that is the reserve's
	replicas         []*replica
	turn             atomic.Uint32 // of the replicas
	stop             context.CancelFunc
}

var _ db.Engine = (*engine)(nil)

// New returns an engine for db.New from a pool's configuration and those of its
// replicas, which must come from pgxpool.ParseConfig and are not changed. A
// server that is down is no error: connections are made when they are needed.
//
// The sizes and limits in a configuration hold for each pool that is made of it;
// the options of the URL that are this package's own are found in it, too. New
// sets default_transaction_read_only for the readers, the session's time zone to
// UTC unless the configuration has one, and BuildContextWatcherHandler.
func New(ctx context.Context, c *pgxpool.Config, replicas ...*pgxpool.Config) (db.Engine, error) {
	return newEngine(ctx, pools{writers: c, readers: c, direct: c, replicas: replicas, log: slog.Default()})
}

// pools are what the pools of an engine are made of.
type pools struct {
	writers, readers, direct *pgxpool.Config
	replicas                 []*pgxpool.Config
	pooled                   bool // writers, readers and replicas are behind a pooler
	log                      *slog.Logger
}

func newEngine(ctx context.Context, p pools) (_ *engine, err error) {
	e := &engine{}
	ctx, e.stop = context.WithCancel(context.WithoutCancel(ctx))
	var open []interface{ Close() }
	defer func() {
		if err != nil {
			for _, o := range open {
				o.Close()
			}
			e.stop()
		}
	}()
	if e.reserve, err = newReserve(ctx, p.direct); err != nil {
		return nil, err
	}
	open = append(open, e.reserve.pool)
	if e.writers, err = newPool(ctx, p.writers, "a connection", e.reserve); err != nil {
		return nil, err
	}
	open = append(open, e.writers)
	if e.readers, err = newPool(ctx, readOnly(p.readers, p.pooled), "a connection that reads", nil); err != nil {
		return nil, err
	}
	open = append(open, e.readers)
	if p.pooled {
		if e.probe, err = newProbe(ctx, readOnly(p.readers, true)); err != nil {
			return nil, err
		}
		open = append(open, e.probe)
	}
	for i, c := range p.replicas {
		r, err := newReplica(ctx, readOnly(c, p.pooled), i+1, p.log)
		if err != nil {
			return nil, err
		}
		open = append(open, r)
		e.replicas = append(e.replicas, r)
	}
	e.writers.positions = len(e.replicas) > 0
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
	u := &unit{pool: e.readers}
	if o.Snapshot {
		u.begin = snapshot
	}
	if o.Replica && len(e.replicas) > 0 {
		u.elsewhere = &elsewhere{e.inTurn(), o.After}
	}
	return u
}

func (e *engine) Replicated() bool { return len(e.replicas) > 0 }

func (e *engine) Ping(ctx context.Context) error {
	if e.probe == nil {
		return failure(ctx, e.reserve.ping(ctx), true)
	}
	c, err := e.probe.Acquire(ctx) // tries one that was idle
	if err == nil {
		c.Release()
	}
	return failure(ctx, err, true)
}

func (e *engine) Migrator() (*sql.DB, error) {
	c := e.reserve.Config()
	d := stdlib.OpenDB(*c.ConnConfig, stdlib.OptionBeforeConnect(c.BeforeConnect), stdlib.OptionAfterConnect(c.AfterConnect))
	d.SetMaxOpenConns(1)
	return d, nil
}

// closing is how long Close waits for units that are under way: for a COMMIT and
// the question for its outcome, if need be.
const closing = 5*time.Second + patience + time.Second

func (e *engine) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closing)
	defer cancel()
	e.stop()
	err := errors.Join(e.writers.close(ctx), e.readers.close(ctx))
	for _, r := range e.replicas {
		r.probe.Close()
		err = errors.Join(err, r.pool.close(ctx))
	}
	if e.probe != nil {
		e.probe.Close()
	}
	e.reserve.close(ctx)
	return err
}
