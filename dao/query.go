package dao

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"

	"github.com/terem-go/terem/db"
)

// Query runs SQL that returns rows and maps each to an R: a struct whose db tags
// name the columns of the result, or, for a result of one column, any type that
// a column can have.
//
//	type total struct {
//		Email string `db:"email"`
//		Spent int64  `db:"spent"`
//	}
//
//	totals, err := dao.Query[total](ctx, q, "SELECT u.email, sum(o.total) AS spent FROM … GROUP BY u.email")
//
// Columns and fields must match one to one, in any order: a column without a
// field, a field without a column and a column that comes twice are refused. When
// there are no rows the slice is empty, and not nil.
func Query[R any](ctx context.Context, q db.Querier, sql string, args ...any) ([]R, error) {
	rows, columns, err := query[R](ctx, q, sql, args)
	if err != nil {
		return nil, err
	}
	return collect[R](rows, columns)
}

// QueryOne is Query for the first row. It returns an errs.NotFound with the code
// "not_found" when there is none.
func QueryOne[R any](ctx context.Context, q db.Querier, sql string, args ...any) (R, error) {
	var r R
	rows, columns, err := query[R](ctx, q, sql, args)
	if err != nil {
		return r, err
	}
	defer rows.Close()
	if !rows.Next() {
		if err = rows.Err(); err == nil {
			err = errNoRow.Here()
		}
		return r, err
	}
	if err = rows.Scan(destinations(reflect.ValueOf(&r).Elem(), columns)...); err != nil {
		return r, err
	}
	rows.Close()
	return r, rows.Err()
}

// query returns the open rows, and the columns of R in the order of the
// result's.
func query[R any](ctx context.Context, q db.Querier, sql string, args []any) (db.Rows, []*column, error) {
	m := mappingOf(reflect.TypeFor[R]())
	if m.err != nil {
		return nil, nil, m.err
	}
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		return nil, nil, err
	}
	columns, err := m.match(rows.Columns())
	if err != nil {
		rows.Close()
		return nil, nil, cmp.Or(rows.Err(), err) // a statement that has failed has no columns either
	}
	return rows, columns, nil
}

// mapping is how a type takes the columns of a result.
type mapping struct {
	typ     reflect.Type
	columns []*column
	names   map[string]int // the columns by name; nil if the type is that of a single one
	err     error
}

// mappings are kept for each type that Query was used with.
var mappings sync.Map // reflect.Type to *mapping

func mappingOf(t reflect.Type) *mapping {
	if m, ok := mappings.Load(t); ok {
		return m.(*mapping)
	}
	m := newMapping(t)
	mappings.Store(t, m)
	return m
}

func newMapping(t reflect.Type) *mapping {
	m := &mapping{typ: t}
	if c, err := newColumn(t); err == nil {
		m.columns = []*column{c}
		return m
	}
	m.columns, m.err = describe(t)
	m.names = map[string]int{}
	for i, c := range m.columns {
		m.names[c.Name] = i
	}
	return m
}

// match returns the mapping's columns in the order of a result's.
func (m *mapping) match(result []string) ([]*column, error) {
	if m.names == nil {
		if len(result) != 1 {
			return nil, fmt.Errorf("dao: the result has %d columns, and %s takes one", len(result), m.typ)
		}
		return m.columns, nil
	}
	var problems []error
	ordered := make([]*column, 0, len(result))
	taken := make([]bool, len(m.columns))
	for _, name := range result {
		i, ok := m.names[name]
		switch {
		case !ok:
			problems = append(problems, fmt.Errorf("dao: %s has no field for the column %q of the result", m.typ, name))
		case taken[i]:
			problems = append(problems, fmt.Errorf("dao: the column %q comes twice in the result; give one another name with AS", name))
		default:
			taken[i] = true
			ordered = append(ordered, m.columns[i])
		}
	}
	for i, c := range m.columns {
		if !taken[i] {
			problems = append(problems, fmt.Errorf("dao: the result has no column %q for the field %s.%s", c.Name, m.typ, c.Field))
		}
	}
	return ordered, errors.Join(problems...)
}
