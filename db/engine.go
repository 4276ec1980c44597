package db

import (
	"context"
	"database/sql"
	"time"
)

// Dialect names the SQL that an engine understands, and the folder that its
// migrations stand in.
type Dialect string

// The dialects of the engines in db/sqlite and db/postgres.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
)

// Engine connects units of work to a database. It is implemented by db/sqlite
// and db/postgres; applications use DB.
//
// Every error that an engine returns is an *Error, so that what failed is
// decided in one place, except the errors of a context that ended and misuse
// of its interface.
type Engine interface {
	Dialect() Dialect

	// Begin returns a transaction that takes its connection, and begins, at its
	// first statement.
	Begin(o Options) Tx

	// Read returns a connection that can only read. It takes a database
	// connection for each statement or, with Options.Snapshot, at the first. With
	// Options.Replica it is one to a replica where there is one that answers and
	// has come to Options.After, or comes there soon.
	Read(o Options) Conn

	// Replicated reports whether there are replicas for readers.
	Replicated() bool

	// Ping reports whether the database answers, replicas aside.
	Ping(ctx context.Context) error

	// Migrator opens a separate database/sql pool of one connection for
	// migrations: able to change the schema, on SQLite with foreign keys off.
	// The caller closes it.
	Migrator() (*sql.DB, error)

	// Close waits for units that are under way and closes every connection.
	Close() error
}

// Conn is one unit's way to the database. It is used by one goroutine at a
// time. SQL has $1, $2 … as placeholders on every engine.
type Conn interface {
	// Query runs a statement that returns rows. Nothing else is sent before the
	// rows are closed.
	Query(ctx context.Context, sql string, args []any) (Rows, error)

	// Native returns the method set of the engine's own driver, with every
	// statement passing through g.
	Native(g Guard) any

	// Waited returns how long the unit has waited for its connections.
	Waited() time.Duration

	// Rollback ends the unit, undoes what it wrote and gives its connection
	// back. Calling it on a unit that took none does nothing. An Error with
	// Displaced set means that what the unit read will never be committed.
	Rollback(ctx context.Context) error
}

// Tx is a Conn that writes.
type Tx interface {
	Conn

	// Exec runs a statement and returns how many rows it changed.
	Exec(ctx context.Context, sql string, args []any) (int64, error)

	// Commit makes what the unit wrote durable and gives its connection back,
	// also when it fails. An error of class Lost means that the outcome is not
	// known. Calling it on a unit that took no connection does nothing.
	Commit(ctx context.Context) error

	// Position returns how far a replica must have come that shows what was
	// committed; 0 where that is not known, or there are no replicas.
	Position() Position
}

// What Session.Nested sends before its function and after it. An engine may leave it
// to go with the statement that comes next, and need not send it where none comes.
const (
	Savepoint = "SAVEPOINT terem_nested"
	Release   = "RELEASE " + Savepoint
)

// Copier is a session, or a Tx of an engine, that takes rows in bulk: by COPY on
// PostgreSQL. On SQLite a session returns errors.ErrUnsupported.
type Copier interface {
	// Copy writes rows into columns of a table and returns how many there were.
	// next returns the values of the next row, which it may reuse, and nil when
	// there is none.
	Copy(ctx context.Context, table string, columns []string, next func() ([]any, error)) (int64, error)
}

// Inserter is a session, or a Tx of an engine, that knows the number of a row that
// it has inserted without asking for it: on SQLite, where RETURNING takes longer
// than the INSERT itself. On PostgreSQL a session returns errors.ErrUnsupported.
type Inserter interface {
	// Insert runs an INSERT and returns the rowid of the last row, which is its
	// INTEGER PRIMARY KEY where the table has one, and how many rows there were.
	// Rows that triggers insert do not count. Without rows the rowid means nothing.
	Insert(ctx context.Context, sql string, args []any) (rowid, rows int64, err error)
}

// Rows is the result of a query, read one row at a time:
//
//	for rows.Next() {
//		err := rows.Scan(&id, &name)
//	}
//	err := rows.Err()
//
// Rows must be read to the end or closed before the next statement of the same
// unit, which is refused with ErrRowsOpen otherwise.
type Rows interface {
	// Next moves to the next row and reports whether there is one. It closes
	// the rows when there is none.
	Next() bool
	// Scan copies the current row's columns into what dest points at: Go's
	// basic types, []byte, time.Time, any, pointers to these for columns that
	// may be null, and sql.Scanner.
	Scan(dest ...any) error
	// Columns returns the names of the columns.
	Columns() []string
	// Err returns what ended the rows early, or nil.
	Err() error
	// Close ends the reading. It may be called more than once.
	Close()
}

// Guard passes the statements of an engine's own method set through the unit's
// bookkeeping: use at the same time, use after the end, failures.
type Guard interface {
	// Statement runs f, which sends a statement, unless the unit has ended or is
	// in use, and takes note of the error that f returns.
	Statement(ctx context.Context, sql string, f func(ctx context.Context) error) error
	// Note takes note of an error that came later, such as that of rows.
	Note(err error)
}
