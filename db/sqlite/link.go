package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"

	"github.com/terem-go/terem/db"
)

// native is a unit of work as a driver of database/sql: however many
// connections it opens, they all are the unit.
type native struct {
	unit  unit
	guard db.Guard
	db    *sql.DB
}

// unit is a tx or a reader.
type unit interface {
	// with runs f with the unit's connection and a context for its statement.
	with(ctx context.Context, f func(ctx context.Context, c *conn) error) error
}

var (
	_ driver.Connector = (*native)(nil)
	_ driver.Driver    = (*native)(nil)
)

// open returns n's database/sql view, always the same.
func (n *native) open(u unit, g db.Guard) *sql.DB {
	if n.db == nil {
		n.unit, n.guard = u, g
		n.db = sql.OpenDB(n)
	}
	return n.db
}

// close makes every further call fail. It waits for nothing, not for rows that
// were left open either.
func (n *native) close() {
	if n.db != nil {
		_ = n.db.Close()
	}
}

// Connect implements driver.Connector.
func (n *native) Connect(context.Context) (driver.Conn, error) { return &link{n}, nil }

// Driver implements driver.Connector.
func (n *native) Driver() driver.Driver { return n }

// Open implements driver.Driver.
func (n *native) Open(string) (driver.Conn, error) { return &link{n}, nil }

// link is a connection of a native.
type link struct{ *native }

var (
	_ driver.ConnPrepareContext = (*link)(nil)
	_ driver.ExecerContext      = (*link)(nil)
	_ driver.QueryerContext     = (*link)(nil)
	_ driver.NamedValueChecker  = (*link)(nil)
	_ driver.ConnBeginTx        = (*link)(nil)
)

// run runs f, which sends a statement, with the unit's connection.
func (l *link) run(ctx context.Context, sql string, f func(ctx context.Context, c *conn) error) error {
	return l.guard.Statement(ctx, sql, func(ctx context.Context) error { return l.unit.with(ctx, f) })
}

// CheckNamedValue implements driver.NamedValueChecker.
func (l *link) CheckNamedValue(arg *driver.NamedValue) (err error) {
	if arg.Value, err = value(arg.Value); err != nil {
		err = unfit(arg.Ordinal, err)
		l.guard.Note(err)
	}
	return err
}

// ExecContext implements driver.ExecerContext.
func (l *link) ExecContext(ctx context.Context, sql string, args []driver.NamedValue) (r driver.Result, err error) {
	err = l.run(ctx, sql, func(ctx context.Context, c *conn) (err error) {
		r, err = c.execNamed(ctx, sql, args)
		return err
	})
	return r, err
}

// QueryContext implements driver.QueryerContext.
func (l *link) QueryContext(ctx context.Context, sql string, args []driver.NamedValue) (r driver.Rows, err error) {
	err = l.run(ctx, sql, func(ctx context.Context, c *conn) (err error) {
		r, err = c.queryNamed(ctx, sql, args)
		return err
	})
	return r, err
}

// Prepare implements driver.Conn.
func (l *link) Prepare(sql string) (driver.Stmt, error) {
	return l.PrepareContext(context.Background(), sql)
}

// PrepareContext implements driver.ConnPrepareContext.
func (l *link) PrepareContext(ctx context.Context, sql string) (driver.Stmt, error) {
	err := l.run(ctx, sql, func(_ context.Context, c *conn) error {
		_, err := c.prepare(sql)
		return err
	})
	return &linkStmt{link: l, sql: sql}, err
}

// Close implements driver.Conn. The unit keeps its connection.
func (l *link) Close() error { return nil }
