package stores

import (
	"context"
	"errors"

	"github.com/terem-go/terem/bench/data"
	"github.com/terem-go/terem/bench/item"
	"github.com/terem-go/terem/bench/terem/items"
	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/postgres"
	"github.com/terem-go/terem/db/sqlite"
)

// terem is dao in one session.
type terem struct {
	s     *db.Session
	table items.Repository
	rows  []items.Item
}

var errDone = errors.New("done")

func openTerem(ctx context.Context, url string, f func(data.Store) error) error {
	d, err := db.Open(ctx, url, db.Config{}, sqlite.Engine, postgres.Engine)
	if err != nil {
		return err
	}
	defer d.Close(ctx)
	err = d.Do(ctx, func(ctx context.Context, s *db.Session) error {
		if err := f(&terem{s: s, table: items.New().Items}); err != nil {
			return err
		}
		return errDone
	})
	if errors.Is(err, errDone) {
		return nil
	}
	return err
}

func (t *terem) Get(ctx context.Context, id int64) (item.Item, error) {
	it, err := t.table.Get(ctx, t.s, id)
	if err != nil {
		return item.Item{}, err
	}
	return item.Item(*it), nil
}

func (t *terem) List(ctx context.Context, n int) ([]item.Item, error) {
	rows, err := t.table.Find(ctx, t.s, dao.OrderBy("id"), dao.Limit(n))
	return convert(rows), err
}

// convert is what a schema takes, for every contestant that has rows of its own.
func convert(rows []items.Item) []item.Item {
	list := make([]item.Item, len(rows))
	for i := range rows {
		list[i] = item.Item(rows[i])
	}
	return list
}

func (t *terem) Insert(ctx context.Context, it item.Item) error {
	row := items.Item(it)
	return t.table.Insert(ctx, t.s, &row)
}

func (t *terem) InsertNumbered(ctx context.Context, list []item.Item) error {
	return t.InsertMany(ctx, list)
}

func (t *terem) InsertMany(ctx context.Context, list []item.Item) error {
	t.rows = t.rows[:0] // an application has rows of its own type from the start
	for i := range list {
		t.rows = append(t.rows, items.Item(list[i]))
	}
	return t.table.InsertMany(ctx, t.s, t.rows)
}
