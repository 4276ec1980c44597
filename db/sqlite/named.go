package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
)

// execNamed runs a statement of database/sql.
func (c *conn) execNamed(ctx context.Context, sql string, args []driver.NamedValue) (driver.Result, error) {
	s, err := c.named(sql, args)
	if err != nil {
		return nil, err
	}
	r, err := s.driver.ExecContext(ctx, args)
	if err != nil {
		return nil, c.failed(err)
	}
	if !s.changes {
		return driver.RowsAffected(0), nil
	}
	return r, nil
}

// queryNamed runs a statement of database/sql and reads all its rows.
func (c *conn) queryNamed(ctx context.Context, sql string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.named(sql, args)
	if err != nil {
		return nil, err
	}
	rows, err := s.driver.QueryContext(ctx, args)
	if err != nil {
		return nil, c.failed(err)
	}
	all, err := readAll(ctx, rows)
	if err = errors.Join(err, rows.Close()); err != nil {
		return nil, c.failed(err)
	}
	return all, nil
}

// named returns the prepared statement of a text, whose placeholders may have
// any form.
func (c *conn) named(sql string, args []driver.NamedValue) (*stmt, error) {
	s, err := c.prepare(sql)
	if err != nil {
		return nil, err
	}
	return s, s.takes(len(args))
}
