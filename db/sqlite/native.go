package sqlite

import (
	"context"
	"database/sql"
	"fmt"
)

// DBTX is the method set of database/sql that sqlc generates against.
type DBTX interface {
	ExecContext(ctx context.Context, sql string, args ...any) (sql.Result, error)
	PrepareContext(ctx context.Context, sql string) (*sql.Stmt, error)
	QueryContext(ctx context.Context, sql string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, sql string, args ...any) *sql.Row
}

// Native returns the database/sql view of a session or of a reader on this
// engine, for code that sqlc generated:
//
//	user, err := sqlcgen.New(sqlite.Native(s)).UserByID(ctx, id)
//
// Statements through it belong to the unit of work and count as any other: one
// that fails makes the unit fail. They may have placeholders of every form that
// SQLite knows. The rows of a query are read at once; use Query for results
// that do not fit into memory. After the end of the unit every call fails. It
// panics if the session is one of another engine.
func Native(s interface{ Native() any }) DBTX {
	d, ok := s.Native().(DBTX)
	if !ok {
		panic(fmt.Sprintf("sqlite: Native of a session on another engine, which gives a %T", s.Native()))
	}
	return d
}
