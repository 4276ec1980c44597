package stores

import (
	"context"
	"database/sql"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/terem-go/terem/bench/data"
	"github.com/terem-go/terem/bench/item"
)

// handSQLite is database/sql with prepared statements.
type handSQLite struct{ get, list, add *sql.Stmt }

func openHandSQLite(ctx context.Context, url string, f func(data.Store) error) error {
	return inSQLite(ctx, url, func(tx *sql.Tx) (err error) {
		prepare := func(text string) (s *sql.Stmt) {
			if err == nil {
				s, err = tx.PrepareContext(ctx, text)
			}
			return s
		}
		h := &handSQLite{
			get:  prepare("SELECT " + columns + " FROM items WHERE id = ?"),
			list: prepare("SELECT " + columns + " FROM items ORDER BY id LIMIT ?"),
			add:  prepare("INSERT INTO items (name, note, price, created_at) VALUES (?, ?, ?, ?)"),
		}
		if err != nil {
			return err
		}
		return f(h)
	})
}

// inSQLite runs f in a transaction that is rolled back.
func inSQLite(ctx context.Context, url string, f func(tx *sql.Tx) error) error {
	d, err := sql.Open("sqlite", "file:"+pathOf(url)+"?_pragma=journal_mode(WAL)&_pragma=synchronous(off)&_txlock=immediate")
	if err != nil {
		return err
	}
	defer d.Close()
	d.SetMaxOpenConns(1)
	tx, err := d.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	return f(tx)
}

func scan(scan func(...any) error) (it item.Item, err error) {
	var at string
	if err = scan(&it.ID, &it.Name, &it.Note, &it.Price, &at); err != nil {
		return it, err
	}
	it.CreatedAt, err = time.Parse(item.TimeLayout, at)
	return it, err
}

func (h *handSQLite) Get(ctx context.Context, id int64) (item.Item, error) {
	return scan(h.get.QueryRowContext(ctx, id).Scan)
}

func (h *handSQLite) List(ctx context.Context, n int) ([]item.Item, error) {
	rows, err := h.list.QueryContext(ctx, n)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var items []item.Item
	for rows.Next() {
		it, err := scan(rows.Scan)
		if err != nil {
			return nil, err
		}
		items = append(items, it)
	}
	return items, rows.Err()
}

func (h *handSQLite) Insert(ctx context.Context, it item.Item) error {
	r, err := h.add.ExecContext(ctx, it.Name, it.Note, it.Price, it.CreatedAt.Format(item.TimeLayout))
	if err == nil {
		it.ID, err = r.LastInsertId()
	}
	return err
}

func (h *handSQLite) InsertNumbered(ctx context.Context, items []item.Item) error {
	return h.InsertMany(ctx, items)
}

func (h *handSQLite) InsertMany(ctx context.Context, items []item.Item) error {
	for _, it := range items {
		if err := h.Insert(ctx, it); err != nil {
			return err
		}
	}
	return nil
}
