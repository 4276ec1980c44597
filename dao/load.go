package dao

import (
	"context"
	"fmt"
	"reflect"

	"github.com/terem-go/terem/db"
)

// Load returns the rows of a table that belong to many others, in one statement:
// those whose column is one of keys, by that key. It is for the children of a
// list of parents, which would be loaded one by one otherwise:
//
//	lines, err := dao.Load(ctx, q, lines.Table, "order_id", ids, dao.OrderBy("position"))
//	for _, o := range orders {
//		… lines[o.ID] …
//	}
//
// A key without rows is not in the map. The rows of a key are in the order that
// options ask for; a Limit is one of all rows together, and refused.
func Load[C any, K comparable](ctx context.Context, q db.Querier, t Table[C], column string, keys []K, opts ...Option) (map[K][]C, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	s := newSelection(opts)
	col := t.plan.column(column)
	switch {
	case col == nil:
		return nil, fmt.Errorf("dao: Load: %w", t.plan.unknown(column))
	case s.limit != nil:
		return nil, fmt.Errorf("dao: Load: a Limit would be one of the rows of all keys together")
	case !reflect.TypeFor[K]().ConvertibleTo(col.typ) || !col.typ.ConvertibleTo(reflect.TypeFor[K]()):
		return nil, fmt.Errorf("dao: Load: the column %s of %s is %s, and the keys are %s", column, t.plan.model.Table, col.Type, reflect.TypeFor[K]())
	}
	found := map[K][]C{}
	if len(keys) == 0 {
		return found, nil
	}
	for row, err := range t.Each(ctx, q, append([]Option{In(column, keys)}, opts...)...) {
		if err != nil {
			return nil, err
		}
		f := reflect.Indirect(col.field(reflect.ValueOf(row).Elem()))
		k := f.Convert(reflect.TypeFor[K]()).Interface().(K)
		found[k] = append(found[k], *row)
	}
	return found, nil
}
