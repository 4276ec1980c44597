package stores

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/terem-go/terem/bench/data"
	"github.com/terem-go/terem/bench/item"
)

// handPostgres is pgx, used as its documentation shows.
type handPostgres struct{ tx pgx.Tx }

func openHandPostgres(ctx context.Context, url string, f func(data.Store) error) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	tx, err := conn.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback(ctx)
	return f(&handPostgres{tx})
}

const columns = "id, name, note, price, created_at"

func (h *handPostgres) Get(ctx context.Context, id int64) (it item.Item, err error) {
	err = h.tx.QueryRow(ctx, "SELECT "+columns+" FROM items WHERE id = $1", id).Scan(&it.ID, &it.Name, &it.Note, &it.Price, &it.CreatedAt)
	it.CreatedAt = it.CreatedAt.UTC()
	return it, err
}

func (h *handPostgres) List(ctx context.Context, n int) ([]item.Item, error) {
	rows, err := h.tx.Query(ctx, "SELECT "+columns+" FROM items ORDER BY id LIMIT $1", n)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var items []item.Item
	for rows.Next() {
		var it item.Item
		if err := rows.Scan(&it.ID, &it.Name, &it.Note, &it.Price, &it.CreatedAt); err != nil {
			return nil, err
		}
		it.CreatedAt = it.CreatedAt.UTC()
		items = append(items, it)
	}
	return items, rows.Err()
}

func (h *handPostgres) Insert(ctx context.Context, it item.Item) error {
	return h.tx.QueryRow(ctx, "INSERT INTO items (name, note, price, created_at) VALUES ($1, $2, $3, $4) RETURNING id",
		it.Name, it.Note, it.Price, it.CreatedAt).Scan(&it.ID)
}

func (h *handPostgres) InsertMany(ctx context.Context, items []item.Item) error {
	_, err := h.tx.CopyFrom(ctx, pgx.Identifier{"items"}, []string{"name", "note", "price", "created_at"},
		pgx.CopyFromSlice(len(items), func(i int) ([]any, error) {
			return []any{items[i].Name, items[i].Note, items[i].Price, items[i].CreatedAt}, nil
		}))
	return err
}

// InsertNumbered takes the ids out of the sequence first, since COPY returns none.
func (h *handPostgres) InsertNumbered(ctx context.Context, items []item.Item) error {
	var ids []int64
	err := h.tx.QueryRow(ctx, "SELECT array_agg(nextval('items_id_seq')) FROM generate_series(1, $1)", len(items)).Scan(&ids)
	if err != nil {
		return err
	}
	_, err = h.tx.CopyFrom(ctx, pgx.Identifier{"items"}, []string{"id", "name", "note", "price", "created_at"},
		pgx.CopyFromSlice(len(items), func(i int) ([]any, error) {
			return []any{ids[i], items[i].Name, items[i].Note, items[i].Price, items[i].CreatedAt}, nil
		}))
	return err
}
