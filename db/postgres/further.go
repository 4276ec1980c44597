package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/terem-go/terem/db"
)

// Pool opens a further pool of at most size connections to the database, for
// libraries that do work of their own, such as a job queue: neither they nor
// sessions wait for the other. Its connections are as sessions have them, but
// one whose statement's context ends is given up, as pgx does by itself, so that
// waiting for a notification ends at once. It connects when it is used.
//
// The caller closes the pool, before the database. Pool panics if d is on
// another engine.
func Pool(ctx context.Context, d *db.DB, size int32) (*pgxpool.Pool, error) {
	e, ok := d.Engine().(*engine)
	if !ok {
		panic(fmt.Sprintf("postgres: Pool of a database on another engine, which is a %T", d.Engine()))
	}
	c := e.writers.Config()
	c.MaxConns, c.MinConns, c.MinIdleConns = size, 0, 0
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
