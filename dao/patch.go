package dao

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/terem-go/terem/db"
)

// Change is a value for one column, which Set makes.
type Change struct {
	column string
	value  any
}

// Set is a value for a column of the table; nil stands for NULL. The value is of the
// field's type or, for integers and strings, of any such type, or of the type that a
// JSON or a Null type holds.
func Set(column string, value any) Change { return Change{column, value} }

// Patch changes some columns of the row with a key, without reading it first:
//
//	err := r.Patch(ctx, s, id, dao.Set("status", Paid), dao.Set("note", nil))
//
// A key of several columns is a []any. Updated stamps are set, and a version
// counts up, whichever version the row is. Without changes nothing is sent. It
// returns an errs.NotFound with the code "<table>.not_found" when there is no such
// row; other errors are those of Insert.
func (t Table[T]) Patch(ctx context.Context, x db.Execer, key any, changes ...Change) error {
	keys, several := key.([]any)
	if !several {
		keys = []any{key}
	}
	where, err := t.keyArgs(keys)
	if err != nil || len(changes) == 0 {
		return err
	}
	p := t.plan
	row := reflect.New(p.typ).Elem()
	names := make([]string, len(changes))
	for i, c := range changes {
		names[i] = c.column
		if col := p.column(c.column); col != nil {
			if err := col.assign(row, c.value); err != nil {
				return fmt.Errorf("dao: Patch: the column %s of %s %w", c.column, p.model.Table, err)
			}
		}
	}
	set, err := p.named("Patch", names)
	if err != nil {
		return err
	}
	for i, c := range p.scope {
		if slices.Contains(set, c) {
			if err := t.placed(row, i); err != nil {
				return err
			}
		}
	}
	p.stamp(row, func(c *column) bool { return c.Updated })
	args := make([]any, 0, len(set)+len(where))
	for _, c := range set {
		arg, err := c.arg(c.field(row))
		if err != nil {
			return p.meaning(err)
		}
		args = append(args, arg)
	}
	return p.changed(x.Exec(ctx, p.updateOf(set, false), append(args, where...)...))
}

// assign sets the column's field in a row to a value that a caller gave.
func (c *column) assign(row reflect.Value, value any) error {
	f, v := c.field(row), reflect.ValueOf(value)
	switch {
	case value == nil && c.Nullable:
		f.SetZero()
		return nil
	case value == nil:
		return errors.New("cannot be NULL")
	case v.Type() == f.Type():
		f.Set(v)
		return nil
	case f.Kind() == reflect.Pointer:
		f.Set(reflect.New(c.typ))
		f = f.Elem()
	}
	err := c.take(f, v)
	if err == errNoSuchKey {
		err = fmt.Errorf("is %s, which %v does not fit into", c.Type, value)
	}
	return err
}
