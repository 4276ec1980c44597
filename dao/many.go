package dao

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/terem-go/terem/db"
)

// InsertMany writes new rows as Insert does, many at a time: by COPY on
// PostgreSQL, by statements of several rows on SQLite. Rows whose key the database
// numbers must all have one, or none. Without rows nothing is sent.
//
// An error leaves no row behind in a session, which then ends with it; inside of
// Nested, none of those rows. It does not tell which row it is about.
func (t Table[T]) InsertMany(ctx context.Context, x db.Execer, rows []T) error {
	if err := t.check(); err != nil {
		return err
	}
	p := t.plan
	numbered := 0
	list := make([]reflect.Value, len(rows))
	for i := range rows {
		list[i] = reflect.ValueOf(&rows[i]).Elem()
		if err := t.prepare(list[i]); err != nil {
			return err
		}
		if p.identity != nil && p.identity.field(list[i]).IsZero() {
			numbered++
		}
	}
	switch {
	case len(rows) == 0:
		return nil
	case numbered > 0 && numbered < len(rows):
		return fmt.Errorf("dao: InsertMany: %d of %d rows of %s have a number already: expected all of them or none", len(rows)-numbered, len(rows), p.model.Table)
	case numbered > 0:
		if err := p.reserve(ctx, x, list); err != nil {
			return err
		}
	}
	if c, ok := x.(db.Copier); ok && x.Dialect() == db.Postgres {
		return p.meaning(p.copyRows(ctx, c, list))
	}
	return p.meaning(p.insertAll(ctx, x, list))
}

// reserve gives the rows numbers that the database will not give to others.
func (p *plan) reserve(ctx context.Context, x db.Execer, list []reflect.Value) error {
	sql := "SELECT nextval(pg_get_serial_sequence($1, $2)) FROM generate_series(1, $3)"
	args := []any{quoted(p.model.Table), p.identity.Name, len(list)}
	if x.Dialect() == db.SQLite { // where a session is the only one that writes
		sql = "SELECT coalesce(max(" + p.read(p.identity) + "), 0) FROM " + quoted(p.model.Table)
		args = nil
	}
	rows, err := x.Query(ctx, sql, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	if x.Dialect() == db.SQLite {
		var last int64
		if rows.Next() {
			err = rows.Scan(&last)
		}
		for i, v := range list {
			if err == nil {
				err = p.identity.set(p.identity.field(v), last+int64(i)+1)
			}
		}
		return errors.Join(err, rows.Err())
	}
	for _, v := range list {
		if !rows.Next() {
			return errors.Join(errors.New("dao: InsertMany: the database gave too few numbers"), rows.Err())
		}
		if err := rows.Scan(p.identity.destination(v)); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (p *plan) copyRows(ctx context.Context, c db.Copier, list []reflect.Value) error {
	names := make([]string, len(p.columns))
	for i, c := range p.columns {
		names[i] = c.Name
	}
	args := make([]any, 0, len(p.columns))
	i := 0
	_, err := c.Copy(ctx, p.model.Table, names, func() (_ []any, err error) {
		if i == len(list) {
			return nil, nil
		}
		args, err = p.insertArgs(args[:0], list[i], false)
		i++
		return args, err
	})
	return err
}

// Limits of one statement of several rows on SQLite: few texts, since each is
// prepared, and not more parameters than it can have.
const (
	mostRows   = 100
	mostParams = 32766
)

func (p *plan) insertAll(ctx context.Context, x db.Execer, list []reflect.Value) (err error) {
	most := min(mostRows, mostParams/len(p.columns))
	whole := p.insertOf(p.columns, most)
	args := make([]any, 0, most*len(p.columns))
	for len(list) > 0 && err == nil {
		n, sql := most, whole
		if len(list) < most {
			n, sql = 1, p.sql.insert
		}
		args = args[:0]
		for _, v := range list[:n] {
			if args, err = p.insertArgs(args, v, false); err != nil {
				return err
			}
		}
		_, err = x.Exec(ctx, sql, args...)
		list = list[n:]
	}
	return err
}
