package postgres

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/terem-go/terem/db"
)

// open opens the engine for a URL, with defaults where that says nothing.
func open(ctx context.Context, url string, _ *slog.Logger) (db.Engine, error) {
	c, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, badURL(err)
	}
	if !strings.Contains(url, "pool_max_conns=") {
		c.MaxConns = int32(max(8, 2*runtime.NumCPU()))
	}
	if c.MaxConnLifetimeJitter == 0 {
		c.MaxConnLifetimeJitter = c.MaxConnLifetime / 10
	}
	if c.ConnConfig.ConnectTimeout == 0 {
		c.ConnConfig.ConnectTimeout = 5 * time.Second
	}
	if c.PingTimeout == 0 { // of a connection that was idle; its network may be gone
		c.PingTimeout = 2 * time.Second
	}
	setDefault(c.ConnConfig, "application_name", "terem")
	return New(ctx, c)
}

// badURL says what pgx found wrong with a URL. What pgx says is not shown, since
// it may hold parts of the password, besides the fixed words that its reason
// begins with.
func badURL(err error) error {
	reason := ""
	if parts := strings.Split(err.Error(), "`"); len(parts) == 3 { // cannot parse `url`: reason
		reason = strings.TrimPrefix(parts[2], ": ")
		if end := strings.IndexAny(reason, ":("); end >= 0 {
			reason = reason[:end]
		}
		reason = " (" + strings.TrimSpace(reason) + ")"
	}
	return errors.New("postgres: the database URL cannot be used" + reason +
		"; it should look like postgres://user:password@host:5432/name?sslmode=verify-full, and special characters of the password be percent-encoded")
}

// prepared returns a copy of c for a pool of this engine.
func prepared(c *pgxpool.Config) *pgxpool.Config {
	c = c.Copy()
	setDefault(c.ConnConfig, "timezone", "UTC")
	before, after := c.BeforeConnect, c.AfterConnect
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
		scanUTC(conn.TypeMap())
		if after != nil {
			return after(ctx, conn)
		}
		return nil
	}
	return c
}

// setDefault sets a parameter of the server's session that nobody has set. The
// names of parameters have no case.
func setDefault(c *pgx.ConnConfig, name, value string) {
	set := slices.Collect(maps.Keys(c.RuntimeParams))
	if !slices.ContainsFunc(set, func(s string) bool { return strings.EqualFold(s, name) }) {
		c.RuntimeParams[name] = value
	}
}

// scanUTC makes times come back in UTC; pgx's default is the local zone of this
// process.
func scanUTC(m *pgtype.Map) {
	t := &pgtype.Type{Name: "timestamptz", OID: pgtype.TimestamptzOID, Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC}}
	m.RegisterType(t)
	m.RegisterType(&pgtype.Type{Name: "_timestamptz", OID: pgtype.TimestamptzArrayOID, Codec: &pgtype.ArrayCodec{ElementType: t}})
}
