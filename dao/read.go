package dao

import (
	"context"
	"errors"
	"reflect"

	"github.com/terem-go/terem/db"
)

// Get returns the row with a key: one value, or as many as the primary key has
// columns, in their order in the struct. It returns an errs.NotFound with the
// code "<table>.not_found" when there is none.
func (t Table[T]) Get(ctx context.Context, q db.Querier, key ...any) (*T, error) {
	args, err := t.keyArgs(key)
	if err != nil {
		return nil, err
	}
	p := t.plan
	return one[T](p, q.QueryRow(ctx, p.sql.get, args...))
}

// One returns the first row that options ask for: without OrderBy, any of them.
// A Limit changes nothing. It returns an errs.NotFound with the code "<table>.not_found" when there is
// none.
func (t Table[T]) One(ctx context.Context, q db.Querier, opts ...Option) (*T, error) {
	s := newSelection(opts)
	s.one = true
	c, err := t.find(q, s)
	if err != nil {
		return nil, err
	}
	return one[T](t.plan, q.QueryRow(ctx, c.text.String(), c.args...))
}

// Find returns the rows that options ask for: without any, all rows, in no
// particular order. When there are none the slice is empty, and not nil, so that
// it becomes [] in JSON.
func (t Table[T]) Find(ctx context.Context, q db.Querier, opts ...Option) ([]T, error) {
	c, err := t.find(q, newSelection(opts))
	if err != nil {
		return nil, err
	}
	return all[T](ctx, q, t.plan.columns, c)
}

// Count returns how many rows meet the conditions, or how many there are.
func (t Table[T]) Count(ctx context.Context, q db.Querier, conditions ...Condition) (int64, error) {
	if err := t.check(); err != nil {
		return 0, err
	}
	c := t.compose(q.Dialect(), t.plan.sql.count)
	c.where(conditions, false)
	if c.err != nil {
		return 0, c.err
	}
	var n int64
	err := q.QueryRow(ctx, c.text.String(), c.args...).Scan(&n)
	return n, err
}

// Exists reports whether a row meets the conditions, or whether there is any.
func (t Table[T]) Exists(ctx context.Context, q db.Querier, conditions ...Condition) (bool, error) {
	if err := t.check(); err != nil {
		return false, err
	}
	c := t.compose(q.Dialect(), t.plan.sql.exists)
	c.where(conditions, false)
	if c.err != nil {
		return false, c.err
	}
	c.text.WriteString(" LIMIT 1")
	var n int64
	err := q.QueryRow(ctx, c.text.String(), c.args...).Scan(&n)
	if errors.Is(err, db.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// one returns the row as a T.
func one[T any](p *plan, row db.Row) (*T, error) {
	t := new(T)
	if err := row.Scan(destinations(reflect.ValueOf(t).Elem(), p.columns)...); err != nil {
		return nil, p.notFound(err)
	}
	return t, nil
}

func all[T any](ctx context.Context, q db.Querier, columns []*column, c *composer) ([]T, error) {
	rows, err := q.Query(ctx, c.text.String(), c.args...)
	if err != nil {
		return nil, err
	}
	return collect[T](rows, columns)
}

// collect reads rows to the end.
func collect[T any](rows db.Rows, columns []*column) ([]T, error) {
	found := []T{}
	for row, err := range each[T](rows, columns) {
		if err != nil {
			return nil, err
		}
		found = append(found, *row)
	}
	return found, nil
}
