package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/terem-go/terem/db"
)

// rows reads the result of a statement.
type rows struct {
	ctx    context.Context // the reading stops when it ends
	conn   *conn
	reader *reader // gets the connection back at the end; nil for a unit that writes
	tx     *tx     // may lose its turn meanwhile; nil for a unit that reads
	driver driver.Rows
	values []driver.Value // the current row, or nil
	err    error
	closed bool
}

var _ db.Rows = (*rows)(nil)

// lock keeps a unit that writes from losing its turn.
func (r *rows) lock() {
	if r.tx != nil {
		r.tx.mu.Lock()
	}
}

func (r *rows) unlock() {
	if r.tx != nil {
		r.tx.mu.Unlock()
	}
}

// Next implements db.Rows.
func (r *rows) Next() bool {
	r.lock()
	defer r.unlock()
	if r.closed {
		return false
	}
	if err := r.ctx.Err(); err != nil {
		r.stop(err)
		return false
	}
	if r.values == nil {
		r.values = r.conn.row(len(r.driver.Columns()))
	}
	if err := r.driver.Next(r.values); err != nil {
		if errors.Is(err, io.EOF) {
			err = nil
		}
		r.stop(r.conn.failed(err))
		return false
	}
	return true
}

// Scan implements db.Rows.
func (r *rows) Scan(dest ...any) error {
	r.lock()
	defer r.unlock()
	if r.values == nil {
		if r.err != nil {
			return r.err
		}
		return errors.New("sqlite: Scan without a row: Next comes first, and must return true")
	}
	if len(dest) != len(r.values) {
		return fmt.Errorf("sqlite: %d columns cannot be scanned into %d values", len(r.values), len(dest))
	}
	for i, d := range dest {
		if err := scan(d, r.value(i)); err != nil {
			return fmt.Errorf("sqlite: column %d, %s: %w", i+1, r.driver.Columns()[i], err)
		}
	}
	return nil
}

// value returns column i of the current row, with times in UTC and without
// confusing an empty blob with NULL.
func (r *rows) value(i int) driver.Value {
	switch v := r.values[i].(type) {
	case time.Time:
		return v.UTC()
	case []byte:
		if v == nil {
			return []byte{}
		}
	}
	return r.values[i]
}

// Columns implements db.Rows.
func (r *rows) Columns() []string { return r.driver.Columns() }

// Err implements db.Rows.
func (r *rows) Err() error {
	r.lock()
	defer r.unlock()
	return r.err
}

// Close implements db.Rows.
func (r *rows) Close() {
	r.lock()
	defer r.unlock()
	if !r.closed {
		r.stop(nil)
	}
}

// stop ends the reading with an error, or without one.
func (r *rows) stop(err error) {
	r.closed = true
	clear(r.values)
	r.values = nil
	r.err = err
	if err := r.driver.Close(); err != nil && r.err == nil {
		r.err = r.conn.failed(err)
	}
	if r.reader != nil {
		r.reader.give()
	}
	if r.tx != nil {
		r.tx.rows = nil
		r.err = r.tx.outcome(r.err)
	}
}
