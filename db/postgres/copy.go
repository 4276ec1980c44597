package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/terem-go/terem/db"
)

var _ db.Copier = (*unit)(nil)

// Copy implements db.Copier.
func (u *unit) Copy(ctx context.Context, table string, columns []string, next func() ([]any, error)) (int64, error) {
	c, err := u.begun(ctx, true)
	if err != nil {
		return 0, err
	}
	n, err := c.CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromFunc(next))
	return n, u.settle(ctx, err)
}
