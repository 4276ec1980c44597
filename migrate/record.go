package migrate

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"strings"

	"github.com/pressly/goose/v3/database"

	"github.com/terem-go/terem/db"
)

// record keeps which migrations were applied, as goose does, and which
// statement runs.
type record struct {
	database.Store
	dialect   db.Dialect
	statement string // under way, "" between migrations
	keep      keeper // on SQLite
}

var (
	_ database.StoreExtender = (*record)(nil)
	_ slog.Handler           = (*record)(nil)
)

func newRecord(dialect db.Dialect, table string) (*record, error) {
	kind := database.DialectPostgres
	if dialect == db.SQLite {
		kind = database.DialectSQLite3
	}
	s, err := database.NewStore(kind, table)
	return &record{Store: s, dialect: dialect}, err
}

// exists returns a query that tells whether the table $1 is there.
func exists(dialect db.Dialect) string {
	if dialect == db.SQLite {
		return "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $1)"
	}
	return "SELECT EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = $1)"
}

// TableExists tells goose whether to make the table.
func (r *record) TableExists(ctx context.Context, c database.DBTxConn) (there bool, err error) {
	err = c.QueryRowContext(ctx, exists(r.dialect), r.Tablename()).Scan(&there)
	return there, err
}

// CreateVersionTable makes the table.
func (r *record) CreateVersionTable(ctx context.Context, c database.DBTxConn) error {
	err := r.Store.CreateVersionTable(ctx, c)
	if err == nil && r.dialect == db.Postgres {
		// Goose's column is without a zone and would take the session's.
		_, err = c.ExecContext(ctx, "ALTER TABLE "+r.Tablename()+" ALTER tstamp TYPE timestamptz")
	}
	return err
}

// Insert records that a migration was applied, if all references hold.
func (r *record) Insert(ctx context.Context, c database.DBTxConn, req database.InsertRequest) error {
	if err := r.complete(ctx, c); err != nil {
		return err
	}
	return r.Store.Insert(ctx, c, req)
}

// Delete records that a migration was taken back, if all references hold.
func (r *record) Delete(ctx context.Context, c database.DBTxConn, number int64) error {
	if err := r.complete(ctx, c); err != nil {
		return err
	}
	return r.Store.Delete(ctx, c, number)
}

// complete does what a file on SQLite cannot do by itself.
func (r *record) complete(ctx context.Context, c database.DBTxConn) error {
	r.statement = ""
	if r.dialect != db.SQLite {
		return nil
	}
	if err := r.keep.restore(ctx, c); err != nil {
		return err
	}
	return references(ctx, c)
}

// references checks what SQLite did not while foreign keys were off.
func references(ctx context.Context, c database.DBTxConn) error {
	rows, err := c.QueryContext(ctx, "PRAGMA foreign_key_check")
	if err != nil {
		return err
	}
	defer rows.Close()
	if !rows.Next() {
		return rows.Err()
	}
	var table, parent string
	var row sql.NullInt64 // null in a table WITHOUT ROWID
	var key int
	if err := rows.Scan(&table, &row, &parent, &key); err != nil {
		return err
	}
	return fmt.Errorf("afterwards row %d of the table %s would refer to a row of %s that is not there (PRAGMA foreign_key_check finds all such rows)", row.Int64, table, parent)
}

// Handle takes note of the statement that goose is about to run.
func (r *record) Handle(_ context.Context, l slog.Record) error {
	l.Attrs(func(a slog.Attr) bool {
		if a.Key == "statement" {
			r.statement = a.Value.String()
			r.keep.statement(r.statement)
		}
		return true
	})
	return nil
}

// Enabled, WithAttrs and WithGroup complete slog.Handler.
func (r *record) Enabled(context.Context, slog.Level) bool { return true }
func (r *record) WithAttrs([]slog.Attr) slog.Handler       { return r }
func (r *record) WithGroup(string) slog.Handler            { return r }

// shorten returns a statement on one line and not too long.
func shorten(statement string) string {
	const limit = 160
	s := []rune(strings.Join(strings.Fields(statement), " "))
	if len(s) > limit {
		return string(s[:limit]) + "…"
	}
	return string(s)
}
