package dao

import (
	"context"
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
	}
	c, ok := x.(db.Copier)
	if !ok || x.Dialect() == db.SQLite {
		return p.meaning(p.insertAll(ctx, x, list, numbered > 0))
	}
	if numbered > 0 {
		if err := p.reserve(ctx, x, list); err != nil {
			return err
		}
	}
	return p.meaning(p.copyRows(ctx, c, list))
}

// nextNumbers takes numbers out of the sequence of a column, all in one row. What
// the sequence is called is looked up once, since it stands in a SELECT of its own.
const nextNumbers = "SELECT array_agg(nextval((SELECT pg_get_serial_sequence($1, $2)::regclass))) FROM generate_series(1, $3)"

// reserve gives the rows numbers that PostgreSQL will not give to others.
func (p *plan) reserve(ctx context.Context, x db.Execer, list []reflect.Value) error {
	var numbers []int64
	if err := x.QueryRow(ctx, nextNumbers, quoted(p.model.Table), p.identity.Name, len(list)).Scan(&numbers); err != nil {
		return fmt.Errorf("dao: InsertMany: taking numbers for %s.%s: %w", p.model.Table, p.identity.Name, err)
	}
	for i, v := range list {
		if err := p.setNumber(v, numbers[i]); err != nil {
			return err
		}
	}
	return nil
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

// insertAll inserts rows by statements of many.
func (p *plan) insertAll(ctx context.Context, x db.Execer, list []reflect.Value, numbered bool) error {
	if numbered {
		if err := p.insertFirst(ctx, x, list); err != nil {
			return err
		}
		list = list[1:]
	}
	most := min(mostRows, mostParams/len(p.columns))
	args := make([]any, 0, most*len(p.columns))
	whole := p.insertOf(p.columns, most)
	for len(list) > 0 {
		n, sql := most, whole
		if len(list) < most {
			n, sql = 1, p.sql.insert
		}
		args = args[:0]
		var err error
		for _, v := range list[:n] {
			if args, err = p.insertArgs(args, v, false); err != nil {
				return err
			}
		}
		if _, err = x.Exec(ctx, sql, args...); err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

// insertFirst inserts the first of the rows that SQLite numbers. The numbers of
// those behind it follow its own: nobody else writes meanwhile.
func (p *plan) insertFirst(ctx context.Context, x db.Execer, list []reflect.Value) error {
	args, err := p.insertArgs(nil, list[0], true)
	if err == nil {
		err = p.insertNumbered(ctx, x, list[0], args)
	}
	if err != nil {
		return err
	}
	var first int64
	if f := p.identity.field(list[0]); f.CanInt() {
		first = f.Int()
	} else {
		first = int64(f.Uint())
	}
	for i, v := range list[1:] {
		if err := p.setNumber(v, first+int64(i)+1); err != nil {
			return err
		}
	}
	return nil
}
