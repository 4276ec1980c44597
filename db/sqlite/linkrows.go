package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
)

// linkStmt is a statement of database/sql. Whichever connection runs it has it
// prepared.
type linkStmt struct {
	link interface {
		driver.ExecerContext
		driver.QueryerContext
	}
	sql string
}

var _ prepared = (*linkStmt)(nil)

// ExecContext implements driver.StmtExecContext.
func (s *linkStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	return s.link.ExecContext(ctx, s.sql, args)
}

// QueryContext implements driver.StmtQueryContext.
func (s *linkStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	return s.link.QueryContext(ctx, s.sql, args)
}

// NumInput implements driver.Stmt: arguments are counted when it runs.
func (s *linkStmt) NumInput() int { return -1 }

// Close implements driver.Stmt.
func (s *linkStmt) Close() error { return nil }

// Exec implements driver.Stmt. It is not called where ExecContext is there.
func (s *linkStmt) Exec([]driver.Value) (driver.Result, error) { return nil, driver.ErrSkip }

// Query implements driver.Stmt. It is not called where QueryContext is there.
func (s *linkStmt) Query([]driver.Value) (driver.Rows, error) { return nil, driver.ErrSkip }

// linkRows are the rows of a query, read already: database/sql closes rows from
// a goroutine of its own when their context ends, while the unit may be using
// its connection.
type linkRows struct {
	columns []string
	rows    [][]driver.Value
}

// readAll reads what is left of rows.
func readAll(ctx context.Context, from driver.Rows) (*linkRows, error) {
	r := &linkRows{columns: from.Columns()}
	for {
		row := make([]driver.Value, len(r.columns))
		err := from.Next(row)
		if errors.Is(err, io.EOF) {
			return r, nil
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, err
		}
		r.rows = append(r.rows, row)
	}
}

// Columns implements driver.Rows.
func (r *linkRows) Columns() []string { return r.columns }

// Next implements driver.Rows.
func (r *linkRows) Next(dest []driver.Value) error {
	if len(r.rows) == 0 {
		return io.EOF
	}
	copy(dest, r.rows[0])
	r.rows = r.rows[1:]
	return nil
}

// Close implements driver.Rows.
func (r *linkRows) Close() error { return nil }
