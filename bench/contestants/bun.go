package contestants

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"

	"github.com/terem-go/terem/bench/item"
	"github.com/terem-go/terem/bench/serve"
)

// bunStore is bun over database/sql: reads without a transaction, writes with
// one.
type bunStore struct{ writer, readers *bun.DB }

type bunItem struct {
	bun.BaseModel `bun:"table:items"`

	ID        int64     `bun:"id,pk,autoincrement"`
	Name      string    `bun:"name"`
	Note      string    `bun:"note"`
	Price     int64     `bun:"price"`
	CreatedAt time.Time `bun:"created_at"`
}

// openBunPostgres uses the simple protocol, as bun's documentation advises: bun
// writes arguments into the text, and preparing each would cost a round trip.
func openBunPostgres(url string) (store, error) {
	c, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	c.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	pool := stdlib.OpenDB(*c)
	pool.SetMaxOpenConns(serve.PoolSize())
	pool.SetMaxIdleConns(serve.PoolSize())
	d := bun.NewDB(pool, pgdialect.New())
	return &bunStore{d, d}, nil
}

func openBunSQLite(url string) (store, error) {
	writer, readers, err := openSQLite(url)
	if err != nil {
		return nil, err
	}
	return &bunStore{bun.NewDB(writer, sqlitedialect.New()), bun.NewDB(readers, sqlitedialect.New())}, nil
}

func (s *bunStore) get(ctx context.Context, id int64) (item.Item, error) {
	var b bunItem
	err := s.readers.NewSelect().Model(&b).Where("id = ?", id).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		err = errNotFound
	}
	return item.Item{ID: b.ID, Name: b.Name, Note: b.Note, Price: b.Price, CreatedAt: b.CreatedAt.UTC()}, err
}

func (s *bunStore) insert(ctx context.Context, it *item.Item) error {
	b := bunItem{Name: it.Name, Note: it.Note, Price: it.Price, CreatedAt: it.CreatedAt}
	err := s.writer.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewInsert().Model(&b).Exec(ctx)
		return err
	})
	it.ID = b.ID
	return err
}
