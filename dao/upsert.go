package dao

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/terem-go/terem/db"
)

// Upsert inserts a row or, where one has the same values in the columns on,
// changes that: every column but its key and created stamps. The columns on are
// the primary key or have a unique constraint. The key, the version and created
// stamps are filled in from the row that was there, so that row is as Get would
// return it.
//
// A row that is there and that the table does not show, since it is outside of
// its scope or deleted, is not changed: that is an errs.Conflict with the code
// "<table>.<columns>_taken". Other errors are those of Insert.
func (t Table[T]) Upsert(ctx context.Context, x db.Execer, row *T, on ...string) error {
	if err := t.check(); err != nil {
		return err
	}
	p := t.plan
	var target []*column
	for _, name := range on {
		c := p.column(name)
		if c == nil {
			return fmt.Errorf("dao: Upsert: %w", p.unknown(name))
		}
		target = append(target, c)
	}
	if len(target) == 0 {
		return errors.New("dao: Upsert: expected the columns that make a row the same one")
	}
	v := reflect.ValueOf(row).Elem()
	if err := t.prepare(v); err != nil {
		return err
	}
	numbered := p.identity != nil && p.identity.field(v).IsZero()
	args, err := p.insertArgs(nil, v, numbered)
	if err != nil {
		return p.meaning(err)
	}
	columns := p.columns
	if numbered {
		columns = p.others()
	}
	sql := p.insertOf(columns, 1) + p.onConflict(target, len(args)+1)
	args = append(args, t.scope...)
	kept := p.kept()
	if len(kept) == 0 {
		n, err := x.Exec(ctx, sql, args...)
		if err == nil && n == 0 {
			return p.taken(target)
		}
		return p.meaning(err)
	}
	err = x.QueryRow(ctx, sql+" RETURNING "+join(kept, ", ", name), args...).Scan(destinations(v, kept)...)
	if errors.Is(err, db.ErrNoRows) {
		return p.taken(target)
	}
	return p.meaning(err)
}

// kept returns the columns that an upsert leaves as they are in a row that was
// there, or counts up.
func (p *plan) kept() (kept []*column) {
	for _, c := range p.columns {
		if c.Key || c.Created || c.Version {
			kept = append(kept, c)
		}
	}
	return kept
}

// onConflict returns what follows an INSERT: how a row that is there is changed.
// The values of the scope begin at parameter n.
func (p *plan) onConflict(target []*column, n int) string {
	text := " ON CONFLICT (" + join(target, ", ", name) + ") DO UPDATE SET "
	var set []*column
	for _, c := range p.changing {
		if !slices.Contains(target, c) {
			set = append(set, c)
		}
	}
	if len(set) == 0 { // so that there is a row to return
		set = target[:1]
	}
	text += join(set, ", ", func(c *column) string { return quoted(c.Name) + " = excluded." + quoted(c.Name) })
	if p.version != nil {
		text += ", " + quoted(p.version.Name) + " = " + p.read(p.version) + " + 1"
	}
	if shown := p.shown(n); shown != "" {
		text += " WHERE " + shown
	}
	return text
}
