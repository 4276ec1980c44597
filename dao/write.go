package dao

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/terem-go/terem/db"
)

// Insert writes a new row. A key that the database numbers is filled in, unless
// it is set: then it is written as it is, and PostgreSQL, whose numbering does
// not notice, may come to the same number later. A key that is a UUID is made
// (version 7) unless it is set. Stamps are set, and times in row are cut to what
// is stored, so that row is as Get would return it.
//
// A constraint that fails is an *errs.Error that names the field, see Taken; so
// is a value that its column cannot hold. The *db.Error is its cause.
func (t Table[T]) Insert(ctx context.Context, x db.Execer, row *T) error {
	if err := t.check(); err != nil {
		return err
	}
	p := t.plan
	v := reflect.ValueOf(row).Elem()
	if err := t.prepare(v); err != nil {
		return err
	}
	numbered := p.identity != nil && p.identity.field(v).IsZero()
	args, err := p.insertArgs(nil, v, numbered)
	if err != nil {
		return p.meaning(err)
	}
	if numbered {
		return p.meaning(p.insertNumbered(ctx, x, v, args))
	}
	n, err := x.Exec(ctx, p.sql.insert, args...)
	if err == nil && n == 0 {
		return errDropped
	}
	return p.meaning(err)
}

var errDropped = errors.New("dao: the database dropped the row that was inserted: look at its triggers and rules")

// insertNumbered inserts a row that the database numbers, and fills its key in.
func (p *plan) insertNumbered(ctx context.Context, x db.Execer, v reflect.Value, args []any) error {
	if i, ok := x.(db.Inserter); ok && x.Dialect() == db.SQLite {
		id, n, err := i.Insert(ctx, p.sql.unnumbered, args)
		switch {
		case err != nil:
			return err
		case n == 0:
			return errDropped
		}
		return p.setNumber(v, id)
	}
	err := x.QueryRow(ctx, p.sql.number, args...).Scan(p.identity.destination(v))
	if errors.Is(err, db.ErrNoRows) {
		return errDropped
	}
	return err
}

// setNumber fills in the key of a row that the database has numbered.
func (p *plan) setNumber(v reflect.Value, id int64) error {
	f := p.identity.field(v)
	switch {
	case f.CanInt() && !f.OverflowInt(id):
		f.SetInt(id)
	case f.CanUint() && id >= 0 && !f.OverflowUint(uint64(id)):
		f.SetUint(uint64(id))
	default:
		return fmt.Errorf("dao: the number %d of a new row of %s does not fit into its key, %s", id, p.model.Table, p.identity.Type)
	}
	return nil
}

// prepare sets what a new row gets without the database.
func (t Table[T]) prepare(v reflect.Value) error {
	p := t.plan
	p.stamp(v, func(c *column) bool {
		return c.Updated || c.Created && c.field(v).IsZero()
	})
	if p.version != nil && p.version.field(v).IsZero() {
		if err := p.version.set(p.version.field(v), int64(1)); err != nil {
			return err
		}
	}
	for _, c := range p.key {
		if f := c.field(v); c.Kind == KindUUID && f.IsZero() {
			id, err := uuid.NewV7()
			if err != nil {
				return err
			}
			f.Set(reflect.ValueOf(id))
		}
	}
	return t.place(v, true)
}

// insertArgs appends what is written for a new row.
func (p *plan) insertArgs(args []any, v reflect.Value, numbered bool) ([]any, error) {
	args = slices.Grow(args, len(p.columns))
	for _, c := range p.columns {
		if numbered && c.Identity {
			continue
		}
		arg, err := c.arg(c.field(v))
		if err != nil {
			return nil, err
		}
		args = append(args, arg)
	}
	return args, nil
}

// Update writes row over the one with the same key: the named columns, or every
// column but created stamps. Updated stamps are set and written in either case.
//
// It returns an errs.NotFound with the code "<table>.not_found" when there is no
// such row any more and, where the table has a column version, an errs.Conflict
// with the code "<table>.stale" when it is another version than row: somebody
// else has updated it since row was read. Other errors are those of Insert.
func (t Table[T]) Update(ctx context.Context, x db.Execer, row *T, columns ...string) error {
	if err := t.checkKey(); err != nil {
		return err
	}
	p := t.plan
	set, sql := p.changing, p.sql.update
	if len(columns) > 0 {
		var err error
		if set, err = p.named("Update", columns); err != nil {
			return err
		}
		sql = p.updateOf(set, true)
	}
	if len(set) == 0 && p.version == nil {
		return fmt.Errorf("dao: Update: %s has no columns to write", p.model.Table)
	}
	v := reflect.ValueOf(row).Elem()
	if err := t.place(v, false); err != nil {
		return err
	}
	p.stamp(v, func(c *column) bool { return c.Updated })
	where := p.key
	if p.version != nil {
		where = append(where[:len(where):len(where)], p.version)
	}
	args := make([]any, 0, len(set)+len(where)+len(t.scope))
	for _, c := range append(set[:len(set):len(set)], where...) {
		arg, err := c.arg(c.field(v))
		if err != nil {
			return p.meaning(err)
		}
		args = append(args, arg)
	}
	n, err := x.Exec(ctx, sql, append(args, t.scope...)...)
	if err != nil || p.version == nil {
		return p.changed(n, err)
	}
	if n == 0 {
		return t.outdated(ctx, x, args[len(set):len(set)+len(p.key)])
	}
	version := p.version.field(v)
	if version.CanInt() {
		version.SetInt(version.Int() + 1)
	} else {
		version.SetUint(version.Uint() + 1)
	}
	return nil
}

// outdated returns why a row was not updated: it is another version, or not
// there.
func (t Table[T]) outdated(ctx context.Context, q db.Querier, key []any) error {
	p := t.plan
	var one int
	err := q.QueryRow(ctx, p.sql.exists+p.whereKey(1), append(key[:len(key):len(key)], t.scope...)...).Scan(&one)
	if err == nil {
		return p.stale.Here()
	}
	return p.notFound(err)
}

// Delete deletes the row with a key, which is given as for Get. Where the table
// has a column deleted, it sets the time in it: no other method sees the row from
// then on but those of WithDeleted, and Purge. It returns an errs.NotFound with
// the code "<table>.not_found" when there is none.
func (t Table[T]) Delete(ctx context.Context, x db.Execer, key ...any) error {
	args, err := t.keyArgs(key)
	if err != nil {
		return err
	}
	if t.plan.deleted != nil {
		args = append([]any{stored(time.Now())}, args...)
	}
	return t.plan.changed(x.Exec(ctx, t.plan.sql.delete, args...))
}

// Purge is Delete for good, also where Delete only marks rows. Of rows that are
// marked, only WithDeleted purges one.
func (t Table[T]) Purge(ctx context.Context, x db.Execer, key ...any) error {
	args, err := t.keyArgs(key)
	if err != nil {
		return err
	}
	return t.plan.changed(x.Exec(ctx, t.plan.sql.purge, args...))
}

// changed returns the error of a statement that should have changed one row.
func (p *plan) changed(n int64, err error) error {
	if err == nil && n == 0 {
		err = db.ErrNoRows
	}
	return p.meaning(p.notFound(err))
}

// named returns the columns that a method was asked to write, and updated stamps.
func (p *plan) named(method string, names []string) ([]*column, error) {
	var set []*column
	for _, name := range names {
		c := p.column(name)
		switch {
		case c == nil:
			return nil, fmt.Errorf("dao: %s: %w", method, p.unknown(name))
		case c.Key:
			return nil, fmt.Errorf("dao: %s: %s is part of the key of %s, which says what row to update", method, name, p.model.Table)
		case c.Version:
			return nil, fmt.Errorf("dao: %s: %s is the version of %s, which counts by itself", method, name, p.model.Table)
		case slices.Contains(set, c):
			return nil, fmt.Errorf("dao: %s: %s is named twice", method, name)
		}
		set = append(set, c)
	}
	for _, c := range p.columns {
		if c.Updated && !slices.Contains(set, c) {
			set = append(set, c)
		}
	}
	return set, nil
}

// stamp sets the time in some columns.
func (p *plan) stamp(v reflect.Value, in func(*column) bool) {
	var now time.Time
	for _, c := range p.columns {
		if !in(c) {
			continue
		}
		if now.IsZero() {
			now = stored(time.Now())
		}
		*c.field(v).Addr().Interface().(*time.Time) = now
	}
}
