package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/terem-go/terem/db"
)

// readOnly returns c for readers: their connections are made read-only. Behind a
// pooler, which refuses the parameter or forgets it, the role that they log in as
// must be so by itself.
func readOnly(c *pgxpool.Config, pooled bool) *pgxpool.Config {
	c = c.Copy()
	if !pooled {
		c.ConnConfig.RuntimeParams["default_transaction_read_only"] = "on"
		return c
	}
	after := c.AfterConnect
	c.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		if err := checkReadOnly(ctx, conn); err != nil {
			return err
		}
		if after != nil {
			return after(ctx, conn)
		}
		return nil
	}
	return c
}

// checkReadOnly refuses a role that could write.
func checkReadOnly(ctx context.Context, c *pgx.Conn) error {
	var only bool
	err := c.QueryRow(ctx, "SELECT current_setting('default_transaction_read_only') = 'on'").Scan(&only)
	if err == nil && !only {
		role := pgx.Identifier{c.Config().User}.Sanitize()
		err = &db.Error{Class: db.Denied, Err: fmt.Errorf("postgres: readers behind a pooler log in as %s, who can write; "+
			"run ALTER ROLE %[1]s SET default_transaction_read_only = on, and have the pooler connect anew", role)}
	}
	return err
}

// newProbe returns a pool of one connection that units cannot have, which is tried
// whenever it is taken.
func newProbe(ctx context.Context, c *pgxpool.Config) (*pool, error) {
	c = c.Copy()
	c.MaxConns, c.MinConns, c.MinIdleConns = 1, 0, 0
	c.ShouldPing = func(context.Context, pgxpool.ShouldPingParams) bool { return true }
	return newPool(ctx, c, "", nil)
}
