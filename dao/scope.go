package dao

import (
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
)

// Scope returns the table narrowed to the rows that have a value in a column,
// such as those of one owner:
//
//	// ForUser returns a repository of one user's orders.
//	func (r Repository) ForUser(id int64) Repository {
//		return Repository{r.Scope("user_id", id)}
//	}
//
// No method reads, changes or deletes another row, and none writes a row with
// another value: Insert sets the column where it is zero, and refuses a row with
// another value. A second Scope narrows the table further.
func (t Table[T]) Scope(column string, value any) Table[T] {
	if t.check() != nil {
		return t
	}
	c := t.plan.column(column)
	if c == nil {
		t.err = fmt.Errorf("dao: Scope: %w", t.plan.unknown(column))
		return t
	}
	arg, err := c.keyArg(value)
	if err != nil {
		t.err = fmt.Errorf("dao: Scope: the column %s of %s: %w", column, t.plan.model.Table, err)
		return t
	}
	t.plan = t.plan.view(append(t.plan.scope[:len(t.plan.scope):len(t.plan.scope)], c), t.plan.all)
	t.scope = append(t.scope[:len(t.scope):len(t.scope)], arg)
	return t
}

// WithDeleted returns the table with the rows that Delete has marked. Without a
// column that is deleted, it is the table itself.
func (t Table[T]) WithDeleted() Table[T] {
	if t.check() == nil {
		t.plan = t.plan.view(t.plan.scope, true)
	}
	return t
}

// views are the plans of a table that is narrowed, by what narrows it. Their SQL
// has parameters for the values, so there are few of them.
type views struct {
	base *plan // nil: the plan itself
	made sync.Map
}

// view returns the plan that shows the rows of a scope, or deleted ones too.
func (p *plan) view(scope []*column, all bool) *plan {
	base := p
	if p.views.base != nil {
		base = p.views.base
	}
	key := fmt.Sprint(all, join(scope, ",", name))
	if v, ok := base.views.made.Load(key); ok {
		return v.(*plan)
	}
	v := &plan{typ: base.typ, model: base.model, columns: base.columns, key: base.key, changing: base.changing, identity: base.identity,
		version: base.version, deleted: base.deleted, missing: base.missing, stale: base.stale, scope: scope, all: all}
	v.views.base = base
	v.sql = newStatements(v)
	first, _ := base.views.made.LoadOrStore(key, v)
	return first.(*plan)
}

// place makes a row one of the table's scope. fill sets what is zero; a row of
// another scope is refused.
func (t Table[T]) place(row reflect.Value, fill bool) error {
	for i, c := range t.plan.scope {
		if f := c.field(row); fill && f.IsZero() {
			if err := c.set(f, t.scope[i]); err != nil {
				return err
			}
		}
		if err := t.placed(row, i); err != nil {
			return err
		}
	}
	return nil
}

// placed refuses a row with another value in a column of the scope.
func (t Table[T]) placed(row reflect.Value, i int) error {
	c := t.plan.scope[i]
	arg, err := c.arg(c.field(row))
	if err == nil && !reflect.DeepEqual(arg, t.scope[i]) {
		err = fmt.Errorf("dao: the row of %s has another %s than the scope of the table", t.plan.model.Table, c.Name)
	}
	return err
}

// set sets a field to a value that arg has returned.
func (c *column) set(field reflect.Value, arg any) error {
	if field.Kind() == reflect.Pointer {
		field.Set(reflect.New(c.typ))
		field = field.Elem()
	}
	if c.own {
		return field.Addr().Interface().(sql.Scanner).Scan(arg)
	}
	field.Set(reflect.ValueOf(arg).Convert(c.typ)) // which arg has made of one
	return nil
}

// check returns what is wrong with the table.
func (t Table[T]) check() error {
	switch {
	case t.err != nil:
		return t.err
	case t.plan == nil:
		return errors.New("dao: a Table must be made by dao.Of")
	}
	return t.plan.err
}

// checkKey is check for what needs a primary key.
func (t Table[T]) checkKey() error {
	if err := t.check(); err != nil || len(t.plan.key) > 0 {
		return err
	}
	return fmt.Errorf("dao: %s has no primary key, which this needs: give a column the option pk", t.plan.model.Type)
}

// keyArgs returns what is written for the values of the key that a caller gave,
// and behind them for those of the scope.
func (t Table[T]) keyArgs(key []any) ([]any, error) {
	if err := t.checkKey(); err != nil {
		return nil, err
	}
	p := t.plan
	if len(key) != len(p.key) {
		if slices.ContainsFunc(key, func(k any) bool { _, ok := k.(Option); return ok }) {
			return nil, errors.New("dao: a key is values only; a lock and other options go with One(ctx, q, dao.Eq(…), …)")
		}
		return nil, fmt.Errorf("dao: the key of %s has %d columns, not %d", p.model.Table, len(p.key), len(key))
	}
	args := make([]any, len(key), len(key)+len(t.scope))
	for i, c := range p.key {
		arg, err := c.keyArg(key[i])
		switch {
		case errors.Is(err, errNoSuchKey):
			return nil, p.missing.Here()
		case err != nil:
			return nil, fmt.Errorf("dao: the key %s of %s %w", c.Name, p.model.Table, err)
		}
		args[i] = arg
	}
	return append(args, t.scope...), nil
}
