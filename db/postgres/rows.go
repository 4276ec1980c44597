package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/terem-go/terem/db"
)

// rows implements db.Rows.
type rows struct {
	pgx.Rows
	unit   *unit
	ctx    context.Context
	sql    string
	names  []string
	closed bool
	err    error
}

var _ db.Rows = (*rows)(nil)

func (r *rows) Next() bool {
	if !r.closed && r.Rows.Next() {
		return true
	}
	r.Close()
	return false
}

func (r *rows) Scan(dest ...any) error {
	if err := r.scan(dest); err != nil {
		return err
	}
	for _, d := range dest {
		if p, ok := d.(*any); ok {
			*p = plain(*p)
		}
	}
	return nil
}

// scan is Scan with the types of pgx. pgx closes its rows when it fails.
func (r *rows) scan(dest []any) error {
	if err := r.Rows.Scan(dest...); err != nil {
		r.Close()
		return failure(r.ctx, err, false)
	}
	return nil
}

func (r *rows) Columns() []string {
	if r.names == nil && !r.closed {
		for _, f := range r.FieldDescriptions() {
			r.names = append(r.names, f.Name)
		}
	}
	return r.names
}

func (r *rows) Err() error { return r.err }

func (r *rows) Close() { _ = r.finish() }

// finish closes the rows and returns how reading them ended.
func (r *rows) finish() error {
	if !r.closed {
		r.Rows.Close()
		r.end(r.Rows.Err())
	}
	return r.err
}

// end makes the unit ready for its next statement. err is how reading ended.
func (r *rows) end(err error) {
	r.closed = true
	r.unit.open = nil
	r.err = r.unit.settle(r.ctx, err)
	if r.err == nil && r.unit.begin != nil && chains(r.CommandTag(), r.sql) {
		r.err = r.unit.ended(nil)
	}
}
