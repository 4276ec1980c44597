package dao

import (
	"context"
	"fmt"
	"math/bits"
	"reflect"
	"strings"

	"github.com/terem-go/terem/db"
)

// InsertMany writes new rows as Insert does, many at a time: by COPY on
// PostgreSQL, or one statement if they are few, and by statements of several rows on
// SQLite. Rows whose key the database
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
	list := reflect.ValueOf(rows)
	for i := range rows {
		v := list.Index(i)
		if err := t.prepare(v); err != nil {
			return err
		}
		if p.identity != nil && p.identity.field(v).IsZero() {
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
	if len(rows) <= fewRows {
		return p.meaning(p.insertFew(ctx, x, list))
	}
	return p.meaning(p.copyRows(ctx, c, list))
}

// nextNumbers takes numbers out of the sequence of a column: the first one and,
// where others took some in between, all of them. What the sequence is called is
// looked up once, since it stands in a SELECT of its own. One number too many is
// taken, as generate_series tells its end after its neighbours were evaluated.
const nextNumbers = `SELECT min(n), CASE WHEN max(n) - min(n) <> count(*) - 1 THEN array_agg(n) END
FROM (SELECT nextval((SELECT pg_get_serial_sequence($1, $2)::regclass)) AS n, generate_series(1, $3)) AS taken`

// reserve gives the rows numbers that PostgreSQL will not give to others.
func (p *plan) reserve(ctx context.Context, x db.Execer, list reflect.Value) error {
	var first int64
	var all []int64
	if err := x.QueryRow(ctx, nextNumbers, quoted(p.model.Table), p.identity.Name, list.Len()).Scan(&first, &all); err != nil {
		return fmt.Errorf("dao: InsertMany: taking numbers for %s.%s: %w", p.model.Table, p.identity.Name, err)
	}
	for i := range list.Len() {
		number := first + int64(i)
		if all != nil {
			number = all[i]
		}
		if err := p.setNumber(list.Index(i), number); err != nil {
			return err
		}
	}
	return nil
}

// fewRows are inserted by one statement on PostgreSQL, where a COPY takes two round
// trips: the first asks for the columns' types.
const fewRows = 20

// insertFew inserts rows that all have their numbers. As by COPY, these go before those
// of the database even where it would always give its own.
func (p *plan) insertFew(ctx context.Context, x db.Execer, list reflect.Value) (err error) {
	args := make([]any, 0, list.Len()*len(p.columns))
	for i := range list.Len() {
		if args, err = p.insertArgs(args, list.Index(i), false); err != nil {
			return err
		}
	}
	_, err = x.Exec(ctx, p.insertRows(db.Postgres, list.Len()), args...)
	return err
}

func (p *plan) copyRows(ctx context.Context, c db.Copier, list reflect.Value) error {
	names := make([]string, len(p.columns))
	for i, c := range p.columns {
		names[i] = c.Name
	}
	args := make([]any, 0, len(p.columns))
	i := 0
	_, err := c.Copy(ctx, p.model.Table, names, func() (_ []any, err error) {
		if i == list.Len() {
			return nil, nil
		}
		args, err = p.insertArgs(args[:0], list.Index(i), false)
		i++
		return args, err
	})
	return err
}

// Limits of one statement of several rows on SQLite: longer ones are no faster, and
// none has more parameters.
const (
	mostRows   = 128
	mostParams = 32766
)

// insertAll inserts rows by statements of many: of 128, 64, 32 … of them, since each
// text is prepared and kept.
func (p *plan) insertAll(ctx context.Context, x db.Execer, list reflect.Value, numbered bool) error {
	total, done := list.Len(), 0
	if numbered {
		if err := p.insertFirst(ctx, x, list); err != nil {
			return err
		}
		done = 1
	}
	most := min(mostRows, mostParams/len(p.columns))
	args := make([]any, 0, min(most, total)*len(p.columns))
	for done < total {
		n := 1 << (bits.Len(uint(min(most, total-done))) - 1)
		args = args[:0]
		var err error
		for range n {
			if args, err = p.insertArgs(args, list.Index(done), false); err != nil {
				return err
			}
			done++
		}
		if _, err = x.Exec(ctx, p.insertRows(db.SQLite, n), args...); err != nil {
			return err
		}
	}
	return nil
}

// insertRows returns the statement that inserts a number of rows with all their
// columns. Those that were asked for are kept.
func (p *plan) insertRows(d db.Dialect, n int) string {
	type key struct {
		dialect db.Dialect
		rows    int
	}
	text, ok := p.inserts.Load(key{d, n})
	if !ok {
		sql := p.insertOf(p.columns, n)
		if d == db.Postgres && p.identity != nil {
			sql = strings.Replace(sql, ") VALUES ", ") OVERRIDING SYSTEM VALUE VALUES ", 1)
		}
		text, _ = p.inserts.LoadOrStore(key{d, n}, sql)
	}
	return text.(string)
}

// insertFirst inserts the first of the rows that SQLite numbers. The numbers of
// those behind it follow its own: nobody else writes meanwhile.
func (p *plan) insertFirst(ctx context.Context, x db.Execer, list reflect.Value) error {
	args, err := p.insertArgs(nil, list.Index(0), true)
	if err == nil {
		err = p.insertNumbered(ctx, x, list.Index(0), args)
	}
	if err != nil {
		return err
	}
	var first int64
	if f := p.identity.field(list.Index(0)); f.CanInt() {
		first = f.Int()
	} else {
		first = int64(f.Uint())
	}
	for i := 1; i < list.Len(); i++ {
		if err := p.setNumber(list.Index(i), first+int64(i)); err != nil {
			return err
		}
	}
	return nil
}
