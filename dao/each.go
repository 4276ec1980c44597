package dao

import (
	"context"
	"iter"
	"reflect"

	"github.com/terem-go/terem/db"
)

// Each goes through the rows that options ask for, one after the other, and holds
// one of them at a time:
//
//	for o, err := range orders.Each(ctx, r, dao.OrderBy("id")) {
//		if err != nil {
//			return err
//		}
//		…
//	}
//
// An error is the last that comes. The row is overwritten by the next one: a copy
// of it lasts. While the loop goes on, another statement of the same unit is
// refused (db.ErrRowsOpen), on every engine.
func (t Table[T]) Each(ctx context.Context, q db.Querier, opts ...Option) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		c, err := t.find(q, newSelection(opts))
		if err != nil {
			yield(nil, err)
			return
		}
		rows, err := q.Query(ctx, c.text.String(), c.args...)
		if err != nil {
			yield(nil, err)
			return
		}
		each[T](rows, t.plan.columns)(yield)
	}
}

// each goes through rows, and closes them. They are scanned into one T, which is
// emptied each time, since a Scanner may reuse what it finds.
func each[T any](rows db.Rows, columns []*column) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		defer rows.Close()
		row, empty := new(T), *new(T)
		dest := destinations(reflect.ValueOf(row).Elem(), columns)
		for rows.Next() {
			*row = empty
			if err := rows.Scan(dest...); err != nil {
				yield(nil, err)
				return
			}
			if !yield(row, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(nil, err)
		}
	}
}
