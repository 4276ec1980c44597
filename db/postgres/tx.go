package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/terem-go/terem/db"
)

// Tx returns a session as a transaction of pgx, for libraries that write through
// one. The transaction is the session: its statements count as any other, and
// what it wrote is committed with the rest. Begin, Commit, Rollback and Prepare
// are refused, Conn returns nil, and LargeObjects panics.
//
// Tx panics if the session is one of another engine.
func Tx(s *db.Session) pgx.Tx { return sessionTx{Native(s)} }

// sessionTx implements pgx.Tx.
type sessionTx struct{ DBTX }

var (
	errUnit    = errors.New("postgres: the unit of work is the transaction and ends it itself; use Nested for a part that may fail")
	errPrepare = errors.New("postgres: a session prepares its statements itself")
)

func (sessionTx) Begin(context.Context) (pgx.Tx, error) { return nil, errUnit }
func (sessionTx) Commit(context.Context) error          { return errUnit }
func (sessionTx) Rollback(context.Context) error        { return errUnit }
func (sessionTx) Conn() *pgx.Conn                       { return nil }

func (sessionTx) Prepare(context.Context, string, string) (*pgconn.StatementDescription, error) {
	return nil, errPrepare
}

func (sessionTx) LargeObjects() pgx.LargeObjects {
	panic("postgres: a session has no LargeObjects; use the server's functions, such as lo_put")
}
