package postgres

import (
	"context"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

func (n *native) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	r := &nativeBatch{native: n, ctx: ctx}
	err := n.guard.Statement(ctx, batchText(b), func(ctx context.Context) error {
		c, err := n.unit.acquire(ctx, slices.ContainsFunc(b.QueuedQueries, func(q *pgx.QueuedQuery) bool { return writes(q.SQL) }))
		if err != nil {
			return err
		}
		switch linkOf(c).mode {
		case pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol: // in which pgx goes past ahead
			if err := n.unit.flush(ctx, c); err != nil {
				return err
			}
		}
		r.BatchResults = c.SendBatch(ctx, b)
		n.unit.open = r
		return nil
	})
	if err != nil {
		return pgx.FailedBatchResults(b, err)
	}
	return r
}

// batchText is a batch as observers see it.
func batchText(b *pgx.Batch) string {
	texts := make([]string, len(b.QueuedQueries))
	for i, q := range b.QueuedQueries {
		texts[i] = q.SQL
	}
	return strings.Join(texts, ";\n")
}

// nativeBatch are the results of a batch. The unit learns of a failure when it
// is closed.
type nativeBatch struct {
	pgx.BatchResults
	native *native
	ctx    context.Context
	closed bool
	err    error
}

func (b *nativeBatch) Exec() (pgconn.CommandTag, error) {
	tag, err := b.BatchResults.Exec()
	return tag, failure(b.ctx, err, false)
}

func (b *nativeBatch) Query() (pgx.Rows, error) {
	r, err := b.BatchResults.Query()
	return &batchRows{r, b.ctx}, failure(b.ctx, err, false)
}

func (b *nativeBatch) QueryRow() pgx.Row {
	r, _ := b.Query() // Scan tells
	return nativeRow{r}
}

func (b *nativeBatch) Close() error {
	err := b.finish()
	b.native.guard.Note(err)
	return err
}

func (b *nativeBatch) finish() error {
	if !b.closed {
		b.closed = true
		b.native.unit.open = nil
		b.err = b.native.unit.settle(b.ctx, b.BatchResults.Close())
	}
	return b.err
}

// batchRows are the rows of one query of a batch.
type batchRows struct {
	pgx.Rows
	ctx context.Context
}

func (r *batchRows) Scan(dest ...any) error { return failure(r.ctx, r.Rows.Scan(dest...), false) }
func (r *batchRows) Err() error             { return failure(r.ctx, r.Rows.Err(), false) }
