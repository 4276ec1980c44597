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
	i, err := t.insertion("Upsert", row, on)
	if err != nil {
		return err
	}
	p, v, target, args := t.plan, i.row, i.target, i.args
	sql := i.sql + p.onConflict(target, len(args)+1)
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

// InsertNew inserts a row unless there is one with the same values in the columns on,
// and reports whether it has. It is for what may come twice, also at the same time,
// where the second one is no error and does not end the session. The columns on are the
// primary key or have a unique constraint. Rows that the table does not show count, too.
// Its errors are those of Insert.
func (t Table[T]) InsertNew(ctx context.Context, x db.Execer, row *T, on ...string) (inserted bool, err error) {
	i, err := t.insertion("InsertNew", row, on)
	if err != nil {
		return false, err
	}
	sql := i.sql + " ON CONFLICT (" + join(i.target, ", ", name) + ") DO NOTHING"
	if !i.numbered {
		n, err := x.Exec(ctx, sql, i.args...)
		return n > 0, t.plan.meaning(err)
	}
	err = x.QueryRow(ctx, sql+" RETURNING "+quoted(t.plan.identity.Name), i.args...).Scan(t.plan.identity.destination(i.row))
	if errors.Is(err, db.ErrNoRows) {
		return false, nil
	}
	return err == nil, t.plan.meaning(err)
}

// insertion is an INSERT of a row where another may be the same.
type insertion struct {
	sql      string // up to ON CONFLICT
	args     []any
	row      reflect.Value
	target   []*column // what makes a row the same one
	numbered bool      // by the database
}

func (t Table[T]) insertion(function string, row *T, on []string) (i insertion, err error) {
	if err := t.check(); err != nil {
		return i, err
	}
	p := t.plan
	for _, name := range on {
		c := p.column(name)
		if c == nil {
			return i, fmt.Errorf("dao: %s: %w", function, p.unknown(name))
		}
		i.target = append(i.target, c)
	}
	if len(i.target) == 0 {
		return i, fmt.Errorf("dao: %s: expected the columns that make a row the same one", function)
	}
	i.row = reflect.ValueOf(row).Elem()
	if err := t.prepare(i.row); err != nil {
		return i, err
	}
	i.sql = p.sql.insert
	if i.numbered = p.identity != nil && p.identity.field(i.row).IsZero(); i.numbered {
		i.sql = p.sql.unnumbered
	}
	if i.args, err = p.insertArgs(nil, i.row, i.numbered); err != nil {
		return i, p.meaning(err)
	}
	return i, nil
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
