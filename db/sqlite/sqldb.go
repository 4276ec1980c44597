package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/sqltext"
)

// SQL returns a database/sql view of the database, for libraries that do work
// of their own, such as a job queue. A transaction is a turn in the queue in
// which sessions wait to write, from its beginning to its end, and so is a
// statement outside of one, so that nobody finds the database locked by another
// in this process. A SELECT outside of a transaction waits for no writer. Rows
// are read at once.
//
// What waits for its turn gives up after 10 s, or when its context ends. A
// statement runs to its end whatever becomes of its context. Inside a unit of
// work use Tx: waiting for the unit that it is in, this would wait in vain.
//
// The caller closes the *sql.DB, before the database. SQL panics if d is on
// another engine.
func SQL(d *db.DB) *sql.DB {
	e, ok := d.Engine().(*engine)
	if !ok {
		panic(fmt.Sprintf("sqlite: SQL of a database on another engine, which is a %T", d.Engine()))
	}
	pool := sql.OpenDB(connector{e})
	pool.SetMaxOpenConns(sqlConns)
	return pool
}

const (
	sqlConns = 4                // how many of the library's transactions and statements wait or run at a time
	sqlWait  = 10 * time.Second // how long each waits for its turn
)

// connector opens connections that hold nothing until they are used.
type connector struct{ engine *engine }

var (
	_ driver.Connector = connector{}
	_ driver.Driver    = connector{}
)

// Connect implements driver.Connector.
func (c connector) Connect(context.Context) (driver.Conn, error) {
	return &turns{engine: c.engine}, nil
}

// Driver implements driver.Connector.
func (c connector) Driver() driver.Driver { return c }

// Open implements driver.Driver.
func (c connector) Open(string) (driver.Conn, error) { return &turns{engine: c.engine}, nil }

// turns is a connection that takes a turn for each of its transactions.
type turns struct {
	engine *engine
	tx     *tx // the transaction that is open, or nil
}

var (
	_ driver.ConnPrepareContext = (*turns)(nil)
	_ driver.ExecerContext      = (*turns)(nil)
	_ driver.QueryerContext     = (*turns)(nil)
	_ driver.NamedValueChecker  = (*turns)(nil)
	_ driver.ConnBeginTx        = (*turns)(nil)
)

// turn returns a unit that shares its transaction with no other, since
// database/sql cannot run the library's code again.
func (t *turns) turn() *tx { return &tx{writer: t.engine.writer, wait: sqlWait, alone: true} }

// run runs f in the transaction that is open, or in one of its own.
func (t *turns) run(ctx context.Context, f func(ctx context.Context, c *conn) error) error {
	if t.tx != nil {
		return t.tx.with(ctx, f)
	}
	own := t.turn()
	defer func() { _ = own.Rollback(ctx) }() // after Commit it does nothing
	if err := own.with(ctx, f); err != nil {
		return err
	}
	return own.Commit(ctx)
}

// ExecContext implements driver.ExecerContext.
func (t *turns) ExecContext(ctx context.Context, sql string, args []driver.NamedValue) (r driver.Result, err error) {
	err = t.run(ctx, func(ctx context.Context, c *conn) (err error) {
		r, err = c.execNamed(ctx, sql, args)
		return err
	})
	return r, err
}

// QueryContext implements driver.QueryerContext.
func (t *turns) QueryContext(ctx context.Context, sql string, args []driver.NamedValue) (r driver.Rows, err error) {
	run := t.run
	if t.tx == nil && isSelect(sql) {
		run = (&reader{pool: t.engine.readers}).with
	}
	err = run(ctx, func(ctx context.Context, c *conn) (err error) {
		r, err = c.queryNamed(ctx, sql, args)
		return err
	})
	return r, err
}

// isSelect reports whether a statement only reads, which one that begins with
// WITH may not.
func isSelect(sql string) bool {
	for tok := range sqltext.Tokens(db.SQLite, sql) {
		if !trivial(tok) {
			return strings.EqualFold(tok.Text, "SELECT")
		}
	}
	return false
}

// CheckNamedValue implements driver.NamedValueChecker.
func (t *turns) CheckNamedValue(arg *driver.NamedValue) (err error) {
	arg.Value, err = value(arg.Value)
	return err
}

// Prepare implements driver.Conn.
func (t *turns) Prepare(sql string) (driver.Stmt, error) { return &linkStmt{link: t, sql: sql}, nil }

// PrepareContext implements driver.ConnPrepareContext.
func (t *turns) PrepareContext(_ context.Context, sql string) (driver.Stmt, error) {
	return t.Prepare(sql)
}

// Begin implements driver.Conn. It is not called where BeginTx is there.
func (t *turns) Begin() (driver.Tx, error) { return nil, driver.ErrSkip }

// BeginTx implements driver.ConnBeginTx.
func (t *turns) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	if o.ReadOnly {
		return nil, errors.New("sqlite: a transaction that only reads is a reader's: use DB.Read with db.Snapshot")
	}
	own := t.turn()
	if err := own.begin(ctx); err != nil {
		return nil, err
	}
	t.tx = own
	return turn{t}, nil
}

// Close implements driver.Conn.
func (t *turns) Close() error {
	if t.tx == nil {
		return nil
	}
	return turn{t}.Rollback()
}

// turn is the transaction that a connection has open. database/sql ends it
// once, and while no statement runs.
type turn struct{ *turns }

// Commit implements driver.Tx.
func (t turn) Commit() error { return t.take().Commit(context.Background()) }

// Rollback implements driver.Tx.
func (t turn) Rollback() error { return t.take().Rollback(context.Background()) }

func (t turn) take() *tx {
	open := t.tx
	t.tx = nil
	return open
}
