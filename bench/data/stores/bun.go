package stores

import (
	"context"
	"database/sql"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	"github.com/uptrace/bun/schema"

	"github.com/terem-go/terem/bench/data"
	"github.com/terem-go/terem/bench/item"
)

// bunStore is bun over database/sql.
type bunStore struct{ tx bun.Tx }

type bunItem struct {
	bun.BaseModel `bun:"table:items"`

	ID        int64     `bun:"id,pk,autoincrement"`
	Name      string    `bun:"name"`
	Note      string    `bun:"note"`
	Price     int64     `bun:"price"`
	CreatedAt time.Time `bun:"created_at"`
}

// openBunPostgres uses the simple protocol, as bun's documentation advises.
func openBunPostgres(ctx context.Context, url string, f func(data.Store) error) error {
	c, err := pgx.ParseConfig(url)
	if err != nil {
		return err
	}
	c.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	pool := stdlib.OpenDB(*c)
	defer pool.Close()
	return inBun(ctx, pool, pgdialect.New(), f)
}

func openBunSQLite(ctx context.Context, url string, f func(data.Store) error) error {
	d, err := sql.Open("sqlite", "file:"+pathOf(url)+"?_pragma=journal_mode(WAL)&_pragma=synchronous(off)&_txlock=immediate")
	if err != nil {
		return err
	}
	defer d.Close()
	d.SetMaxOpenConns(1)
	return inBun(ctx, d, sqlitedialect.New(), f)
}

func inBun(ctx context.Context, pool *sql.DB, dialect schema.Dialect, f func(data.Store) error) error {
	tx, err := bun.NewDB(pool, dialect).BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	return f(&bunStore{tx})
}

func (b *bunItem) item() item.Item {
	return item.Item{ID: b.ID, Name: b.Name, Note: b.Note, Price: b.Price, CreatedAt: b.CreatedAt.UTC()}
}

func bunOf(it *item.Item) bunItem {
	return bunItem{Name: it.Name, Note: it.Note, Price: it.Price, CreatedAt: it.CreatedAt}
}

func (s *bunStore) Get(ctx context.Context, id int64) (item.Item, error) {
	var b bunItem
	err := s.tx.NewSelect().Model(&b).Where("id = ?", id).Scan(ctx)
	return b.item(), err
}

func (s *bunStore) List(ctx context.Context, n int) ([]item.Item, error) {
	var rows []bunItem
	if err := s.tx.NewSelect().Model(&rows).Order("id").Limit(int64(n)).Scan(ctx); err != nil {
		return nil, err
	}
	list := make([]item.Item, len(rows))
	for i := range rows {
		list[i] = rows[i].item()
	}
	return list, nil
}

func (s *bunStore) Insert(ctx context.Context, it item.Item) error {
	b := bunOf(&it)
	_, err := s.tx.NewInsert().Model(&b).Exec(ctx)
	return err
}

// batch is how many rows bun and gorm write in one statement.
const batch = 1000

func (s *bunStore) InsertNumbered(ctx context.Context, list []item.Item) error {
	return s.InsertMany(ctx, list)
}

func (s *bunStore) InsertMany(ctx context.Context, list []item.Item) error {
	for len(list) > 0 {
		n := min(batch, len(list))
		rows := make([]bunItem, n)
		for i := range rows {
			rows[i] = bunOf(&list[i])
		}
		if _, err := s.tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}
