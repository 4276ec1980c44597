// Package sqlite is the SQLite engine of package db: one connection that writes,
// behind a queue, and a pool of connections that read meanwhile.
//
//	d, err := db.Open(ctx, "sqlite:shop.db", db.Config{}, sqlite.Engine)
//
// # URLs
//
// sqlite:shop.db and sqlite:data/shop.db are paths from where the program
// runs, sqlite:/data/shop.db and sqlite:///data/shop.db from the root. The file
// is created if it is missing, for the program's user alone (0600); its folder is
// not. Options stand behind a question mark, as in
// sqlite:shop.db?readers=8&busy_timeout=2s:
//
//	readers       connections that read, opened as they are needed; the
//	              default is twice GOMAXPROCS, and 4 at least
//	max_waiting   units of work that may wait for a connection, more are
//	              refused (db.Busy); the default is 1000
//	max_wait      how long each of them waits at most; the default is 1s
//	busy_timeout  how long a unit waits for other processes that write, such as
//	              the application's own commands; the default is 5s
//	synchronous   full, the default: what was committed survives a loss of
//	              power; normal: the last commits may not; off: the file may be
//	              damaged
//
// # Values
//
// Times are stored as text in UTC with six digits of a second, booleans as 0
// and 1, JSON (json.RawMessage) as text. Scan gives times in UTC, also from
// text in columns without a declared type such as max(created_at). Text in
// double quotes is a name and never a string.
//
// # One COMMIT for many
//
// Units that write take turns. Those that wait for one share a transaction, each
// in a savepoint of its own, and all are answered after its COMMIT: up to 64 of
// them, or as many as come within 5 ms. A unit that comes alone waits for nobody.
//
// A unit that takes more than 5 ms while finished ones wait for it loses its
// place: what it did is undone between two of its statements, and it runs again
// in a transaction of its own. So does every unit of a transaction that SQLite
// rolls back by itself, as INSERT OR ROLLBACK makes it. Neither counts as an
// attempt (db.Attempts); with db.Attempts(1) a unit shares no transaction.
//
// # What happens when
//
// The end of a context interrupts the statement of a reader until its first row
// is there, and is noticed between rows. It does not interrupt the statements
// of a session, which would undo the whole transaction, but stops the next one.
//
// A unit that finds another process writing waits for busy_timeout and fails
// with class TimedOut. A full disk is class Full; units that write succeed
// again once there is room. If the database file is removed or replaced while
// it is open, units that write are refused within a second (class Full), since
// nobody would find what they wrote; connections that read and are open
// already go on with the old file, new ones are refused (class Unreachable).
// Restart the server after putting another file in place.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"time"

	"modernc.org/sqlite"

	"github.com/terem-go/terem/db"
)

// Engine opens SQLite databases for db.Open.
var Engine = db.Opener{Schemes: []string{"sqlite"}, Open: open}

// closing is how long Close waits for units that are under way.
const closing = 5 * time.Second

type engine struct {
	settings
	writer  *writer
	readers *readers
}

var _ db.Engine = (*engine)(nil)

// open opens the writer, which creates the file, so that a wrong path is found
// at the start.
func open(ctx context.Context, url string, c db.Config) (db.Engine, error) {
	if err := refuse(c); err != nil {
		return nil, err
	}
	s, err := parseURL(url)
	if err != nil {
		return nil, err
	}
	w, err := newWriter(ctx, s)
	if err != nil {
		return nil, explain(s.path, err)
	}
	return &engine{settings: s, writer: w, readers: newReaders(s, w.file)}, nil
}

// refuse refuses settings that a file has no use for.
func refuse(c db.Config) error {
	var name string
	switch {
	case len(c.Replicas) > 0:
		name = "Replicas"
	case c.Pooler != "":
		name = "Pooler"
	case c.Direct != "":
		name = "Direct"
	case c.Readers != "":
		name = "Readers"
	default:
		return nil
	}
	return fmt.Errorf("sqlite: db.Config.%s is for PostgreSQL: a file has neither replicas nor a pooler; leave it empty", name)
}

// Dialect implements db.Engine.
func (e *engine) Dialect() db.Dialect { return db.SQLite }

// Begin implements db.Engine.
func (e *engine) Begin(o db.Options) db.Tx {
	return &tx{writer: e.writer, wait: e.maxWait, alone: o.Alone}
}

// Read implements db.Engine.
func (e *engine) Read(o db.Options) db.Conn {
	return &reader{pool: e.readers, snapshot: o.Snapshot}
}

// Replicated implements db.Engine.
func (e *engine) Replicated() bool { return false }

// Ping implements db.Engine.
func (e *engine) Ping(ctx context.Context) error {
	if err := e.writer.file.moved(db.Unreachable); err != nil {
		return err
	}
	r := e.Read(db.Options{})
	rows, err := r.Query(ctx, "SELECT count(*) FROM sqlite_schema", nil)
	if err != nil {
		return err
	}
	for rows.Next() {
	}
	return rows.Err()
}

// Migrator implements db.Engine.
func (e *engine) Migrator() (*sql.DB, error) {
	connector, err := sqlite.NewConnector(e.dsn("rw", url.Values{"_txlock": {"immediate"}},
		"journal_mode(WAL)", "foreign_keys(OFF)", "synchronous("+e.synchronous+")"))
	if err != nil {
		return nil, err
	}
	d := sql.OpenDB(connector)
	d.SetMaxOpenConns(1)
	return d, nil
}

// Close implements db.Engine.
func (e *engine) Close() error {
	return errors.Join(e.readers.close(closing), e.writer.close(closing))
}
