package postgres

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// pool is a pool of pgx's that knows when a connection was last lost. Others
// that have been idle since before are tried before they are used: after a
// restart of the server, a second attempt would find them as dead as the first.
type pool struct {
	*pgxpool.Pool
	lost atomic.Pointer[time.Time]
}

// newPool returns a pool for c, which it does not change.
func newPool(ctx context.Context, c *pgxpool.Config) (*pool, error) {
	p := &pool{}
	c = c.Copy()
	setDefault(c.ConnConfig, "timezone", "UTC")
	before, after, ping := c.BeforeConnect, c.AfterConnect, c.ShouldPing
	if ping == nil {
		ping = func(_ context.Context, s pgxpool.ShouldPingParams) bool { return s.IdleDuration > time.Second } // as pgx does
	}
	c.BeforeConnect = func(ctx context.Context, cc *pgx.ConnConfig) error {
		if before != nil {
			if err := before(ctx, cc); err != nil {
				return err
			}
		}
		watch(cc)
		return nil
	}
	c.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		register(conn.TypeMap())
		if after != nil {
			return after(ctx, conn)
		}
		return nil
	}
	c.ShouldPing = func(ctx context.Context, s pgxpool.ShouldPingParams) bool {
		lost := p.lost.Load()
		return lost != nil && time.Since(*lost) < s.IdleDuration || ping(ctx, s)
	}
	var err error
	if p.Pool, err = pgxpool.NewWithConfig(ctx, c); err != nil {
		return nil, fmt.Errorf("postgres: %w", err)
	}
	return p, nil
}

// suspect notes that a connection was lost.
func (p *pool) suspect() {
	now := time.Now()
	p.lost.Store(&now)
}

// setDefault sets a parameter of the server's session that nobody has set. The
// names of parameters have no case.
func setDefault(c *pgx.ConnConfig, name, value string) {
	set := slices.Collect(maps.Keys(c.RuntimeParams))
	if !slices.ContainsFunc(set, func(s string) bool { return strings.EqualFold(s, name) }) {
		c.RuntimeParams[name] = value
	}
}
