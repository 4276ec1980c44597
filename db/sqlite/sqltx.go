package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"

	"github.com/terem-go/terem/db"
)

// Tx runs f with a session as a transaction of database/sql, for libraries that
// write through a *sql.Tx. The transaction is the session: its statements count
// as any other, and what it wrote is committed with the rest. If f returns an
// error, or ends the transaction itself, the session fails, and Tx returns why.
//
// f must not keep the transaction. Tx panics if the session is one of another
// engine.
func Tx(ctx context.Context, s *db.Session, f func(tx *sql.Tx) error) error {
	// database/sql rolls back from a goroutine of its own when the context ends.
	ctx = context.WithValue(context.WithoutCancel(ctx), ownTx{}, true)
	tx, err := Native(s).(*sql.DB).BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after Commit it does nothing
	if err = f(tx); err == nil {
		err = tx.Commit()
	}
	s.Note(err)
	return err
}

// ownTx marks the context of a transaction that Tx begins.
type ownTx struct{}

// BeginTx implements driver.ConnBeginTx.
func (l *link) BeginTx(ctx context.Context, _ driver.TxOptions) (driver.Tx, error) {
	if ctx.Value(ownTx{}) == nil {
		return l.Begin()
	}
	return linkTx{}, nil
}

// Begin implements driver.Conn.
func (l *link) Begin() (driver.Tx, error) {
	return nil, errors.New("sqlite: the unit of work is the transaction; use Nested for a part that may fail")
}

// linkTx is a session as a transaction of database/sql. The unit of work ends
// it.
type linkTx struct{}

// Commit implements driver.Tx.
func (linkTx) Commit() error { return nil }

// Rollback implements driver.Tx.
func (linkTx) Rollback() error { return nil }
