package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/terem-go/terem/db"
)

var _ db.Copier = (*unit)(nil)

// Copy implements db.Copier.
func (u *unit) Copy(ctx context.Context, table string, columns []string, next func() ([]any, error)) (int64, error) {
	return u.copyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromFunc(next))
}

func (u *unit) copyFrom(ctx context.Context, table pgx.Identifier, columns []string, src pgx.CopyFromSource) (int64, error) {
	c, err := u.acquire(ctx, true)
	if err != nil {
		return 0, err
	}
	if err := u.flush(ctx, c); err != nil { // COPY is sent by the simple protocol
		return 0, err
	}
	n, err := c.CopyFrom(ctx, table, columns, src)
	return n, u.settle(ctx, err)
}
