package contestants

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/terem-go/terem/bench/item"
	"github.com/terem-go/terem/bench/serve"
)

// handSQLite is one connection that writes, behind a mutex, and a pool that
// reads, each with its prepared statement. An insert is a transaction by
// itself, which spares BEGIN and COMMIT as statements.
type handSQLite struct {
	mu     sync.Mutex
	add    *sql.Stmt
	lookUp *sql.Stmt
}

func openHandSQLite(ctx context.Context, dbURL string) (store, error) {
	writer, readers, err := openSQLite(dbURL)
	if err != nil {
		return nil, err
	}
	h := &handSQLite{}
	h.add, err = writer.PrepareContext(ctx, "INSERT INTO items (name, note, price, created_at) VALUES (?, ?, ?, ?)")
	if err != nil {
		return nil, err
	}
	h.lookUp, err = readers.PrepareContext(ctx, "SELECT id, name, note, price, created_at FROM items WHERE id = ?")
	return h, err
}

func (h *handSQLite) get(ctx context.Context, id int64) (it item.Item, err error) {
	var at string
	err = h.lookUp.QueryRowContext(ctx, id).Scan(&it.ID, &it.Name, &it.Note, &it.Price, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return it, errNotFound
	}
	if err == nil {
		it.CreatedAt, err = time.Parse(item.TimeLayout, at)
	}
	return it, err
}

func (h *handSQLite) insert(ctx context.Context, it *item.Item) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	r, err := h.add.ExecContext(ctx, it.Name, it.Note, it.Price, it.CreatedAt.Format(item.TimeLayout))
	if err == nil {
		it.ID, err = r.LastInsertId()
	}
	return err
}

// openSQLite opens the database of a URL such as sqlite:FILE?synchronous=full
// in two pools.
func openSQLite(dbURL string) (writer, readers *sql.DB, err error) {
	path, query, _ := strings.Cut(strings.TrimPrefix(dbURL, "sqlite:"), "?")
	options, err := url.ParseQuery(query)
	if err != nil {
		return nil, nil, err
	}
	dsn := fmt.Sprintf("file:%s?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=foreign_keys(1)&_pragma=synchronous(%s)",
		path, options.Get("synchronous"))
	if writer, err = sql.Open("sqlite", dsn+"&_txlock=immediate"); err != nil {
		return nil, nil, err
	}
	writer.SetMaxOpenConns(1)
	if readers, err = sql.Open("sqlite", dsn); err != nil {
		return nil, nil, err
	}
	readers.SetMaxOpenConns(serve.Readers())
	readers.SetMaxIdleConns(serve.Readers())
	return writer, readers, nil
}
