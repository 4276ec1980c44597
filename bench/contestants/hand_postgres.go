package contestants

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/terem-go/terem/bench/item"
	"github.com/terem-go/terem/bench/serve"
)

// handPostgres is pgx's pool, used as its documentation shows.
type handPostgres struct {
	pool   *pgxpool.Pool
	readTx bool // BEGIN and COMMIT around a read
	lookUp bool // of the transaction's id in a write
}

func openHandPostgres(ctx context.Context, url, name string) (store, error) {
	c, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	c.MaxConns = int32(serve.PoolSize())
	pool, err := pgxpool.NewWithConfig(ctx, c)
	return &handPostgres{pool: pool, readTx: name == HandTx, lookUp: name == HandXID}, err
}

func (h *handPostgres) get(ctx context.Context, id int64) (it item.Item, err error) {
	if h.readTx {
		err = pgx.BeginFunc(ctx, h.pool, func(tx pgx.Tx) error {
			it, err = read(ctx, tx, id)
			return err
		})
		return it, err
	}
	return read(ctx, h.pool, id)
}

func read(ctx context.Context, q interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}, id int64) (it item.Item, err error) {
	err = q.QueryRow(ctx, "SELECT id, name, note, price, created_at FROM items WHERE id = $1", id).
		Scan(&it.ID, &it.Name, &it.Note, &it.Price, &it.CreatedAt)
	if errors.Is(err, pgx.ErrNoRows) {
		err = errNotFound
	}
	it.CreatedAt = it.CreatedAt.UTC()
	return it, err
}

func (h *handPostgres) insert(ctx context.Context, it *item.Item) error {
	return pgx.BeginFunc(ctx, h.pool, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, "INSERT INTO items (name, note, price, created_at) VALUES ($1, $2, $3, $4) RETURNING id",
			it.Name, it.Note, it.Price, it.CreatedAt).Scan(&it.ID)
		if err == nil && h.lookUp {
			var xid uint64
			err = tx.QueryRow(ctx, "SELECT pg_current_xact_id_if_assigned()").Scan(&xid)
		}
		return err
	})
}
