package dao

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/terem-go/terem/db"
)

// Insert writes a new row. A key that the database numbers is filled in, unless
// it is set: then it is written as it is, and PostgreSQL, whose numbering does
// not notice, may come to the same number later. Stamps are set, and times in row
// are cut to what is stored, so that row is as Get would return it.
//
// A constraint that fails is a *db.Error, which Taken can turn into an error of
// the domain; so is a value that its column cannot hold.
func (t Table[T]) Insert(ctx context.Context, x db.Execer, row *T) error {
	p := t.plan
	if err := p.check(); err != nil {
		return err
	}
	v := reflect.ValueOf(row).Elem()
	p.stamp(v, func(c *column) bool {
		return c.Updated || c.Created && c.field(v).IsZero()
	})
	numbered := p.identity != nil && p.identity.field(v).IsZero()
	args := make([]any, 0, len(p.columns))
	for _, c := range p.columns {
		if numbered && c.Identity {
			continue
		}
		arg, err := c.arg(c.field(v))
		if err != nil {
			return err
		}
		args = append(args, arg)
	}
	if numbered {
		err := x.QueryRow(ctx, p.sql.number, args...).Scan(p.identity.destination(v))
		if errors.Is(err, db.ErrNoRows) {
			return errDropped
		}
		return err
	}
	n, err := x.Exec(ctx, p.sql.insert, args...)
	if err == nil && n == 0 {
		return errDropped
	}
	return err
}

var errDropped = errors.New("dao: the database dropped the row that was inserted: look at its triggers and rules")

// Update writes row over the one with the same key: the named columns, or every
// column but created stamps. Updated stamps are set and written in either case.
// It returns an errs.NotFound with the code "<table>.not_found" when there is
// no such row any more; other errors are those of Insert.
func (t Table[T]) Update(ctx context.Context, x db.Execer, row *T, columns ...string) error {
	p := t.plan
	if err := p.checkKey(); err != nil {
		return err
	}
	set, sql := p.changing, p.sql.update
	if len(columns) > 0 {
		var err error
		if set, err = p.named(columns); err != nil {
			return err
		}
		sql = p.updateOf(set)
	}
	if len(set) == 0 {
		return fmt.Errorf("dao: Update: %s has no columns to write", p.model.Table)
	}
	v := reflect.ValueOf(row).Elem()
	p.stamp(v, func(c *column) bool { return c.Updated })
	args := make([]any, 0, len(set)+len(p.key))
	for _, c := range append(set[:len(set):len(set)], p.key...) {
		arg, err := c.arg(c.field(v))
		if err != nil {
			return err
		}
		args = append(args, arg)
	}
	return p.changed(x.Exec(ctx, sql, args...))
}

// Delete deletes the row with a key, which is given as for Get. It returns an
// errs.NotFound with the code "<table>.not_found" when there is none.
func (t Table[T]) Delete(ctx context.Context, x db.Execer, key ...any) error {
	p := t.plan
	args, err := p.keyArgs(key)
	if err != nil {
		return err
	}
	return p.changed(x.Exec(ctx, p.sql.delete, args...))
}

// changed returns the error of a statement that should have changed one row.
func (p *plan) changed(n int64, err error) error {
	if err == nil && n == 0 {
		err = db.ErrNoRows
	}
	return p.notFound(err)
}

// named returns the columns that an update of some columns writes.
func (p *plan) named(names []string) ([]*column, error) {
	var set []*column
	for _, name := range names {
		c := p.column(name)
		switch {
		case c == nil:
			return nil, fmt.Errorf("dao: Update: %w", p.unknown(name))
		case c.Key:
			return nil, fmt.Errorf("dao: Update: %s is part of the key of %s, which says what row to update", name, p.model.Table)
		case slices.Contains(set, c):
			return nil, fmt.Errorf("dao: Update: %s is named twice", name)
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
	now := reflect.ValueOf(stored(time.Now()))
	for _, c := range p.columns {
		if in(c) {
			c.field(v).Set(now)
		}
	}
}
