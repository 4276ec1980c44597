package migrate

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"

	"github.com/pressly/goose/v3/database"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/sqlfile"
)

// record keeps which migrations were applied, as goose does, with their
// checksums, and counts the statements of the file that runs.
type record struct {
	database.Store
	dialect  db.Dialect
	parsed   map[int64]sqlfile.File
	begun    int     // statements of the file
	finished bool    // all of them have run
	keep     *keeper // for the application's own files on SQLite
}

var (
	_ database.StoreExtender = (*record)(nil)
	_ slog.Handler           = (*record)(nil)
)

func newRecord(dialect db.Dialect, s set) (*record, error) {
	kind := database.DialectPostgres
	if dialect == db.SQLite {
		kind = database.DialectSQLite3
	}
	store, err := database.NewStore(kind, s.table)
	r := &record{Store: store, dialect: dialect, parsed: s.parsed}
	if dialect == db.SQLite && s.source == "" {
		r.keep = &keeper{}
	}
	return r, err
}

// shape returns a query that tells whether the table $1 is there, and whether it
// has the column checksum.
func shape(dialect db.Dialect) string {
	if dialect == db.SQLite {
		return "SELECT count(*) > 0, coalesce(max(name = 'checksum'), 0) FROM pragma_table_info($1)"
	}
	return `SELECT count(*) > 0, coalesce(bool_or(attname = 'checksum'), false) FROM pg_attribute
		WHERE attrelid = to_regclass(quote_ident(current_schema()) || '.' || $1) AND attnum > 0 AND NOT attisdropped`
}

// TableExists tells goose whether to make the table. To one without checksums,
// which goose's own command or an older program made, it adds them: goose asks
// while it holds the lock.
func (r *record) TableExists(ctx context.Context, c database.DBTxConn) (there bool, err error) {
	var marked bool
	if err := c.QueryRowContext(ctx, shape(r.dialect), r.Tablename()).Scan(&there, &marked); err != nil || !there || marked {
		return there, err
	}
	return there, r.addChecksum(ctx, c)
}

// addChecksum adds the column that goose's table lacks. Goose's own command names
// the columns that it reads and writes, and does not mind.
func (r *record) addChecksum(ctx context.Context, c database.DBTxConn) error {
	_, err := c.ExecContext(ctx, "ALTER TABLE "+r.Tablename()+" ADD COLUMN checksum TEXT")
	return err
}

// CreateVersionTable makes the table.
func (r *record) CreateVersionTable(ctx context.Context, c database.DBTxConn) error {
	err := r.Store.CreateVersionTable(ctx, c)
	if err == nil && r.dialect == db.Postgres {
		// Goose's column is without a zone and would take the session's.
		_, err = c.ExecContext(ctx, "ALTER TABLE "+r.Tablename()+" ALTER tstamp TYPE timestamptz")
	}
	if err == nil {
		err = r.addChecksum(ctx, c)
	}
	return err
}

// mark records the checksum of a migration that was applied. Unless again is set,
// one that is there stays.
func (r *record) mark(ctx context.Context, c database.DBTxConn, number int64, again bool) error {
	query := "UPDATE " + r.Tablename() + " SET checksum = $1 WHERE version_id = $2"
	if !again {
		query += " AND checksum IS NULL"
	}
	_, err := c.ExecContext(ctx, query, r.parsed[number].Checksum(r.dialect), number)
	return err
}

// Insert records that a migration was applied, if all references hold.
func (r *record) Insert(ctx context.Context, c database.DBTxConn, req database.InsertRequest) error {
	if err := r.complete(ctx, c); err != nil {
		return err
	}
	if err := r.Store.Insert(ctx, c, req); err != nil || req.Version == 0 { // goose's own row
		return err
	}
	return r.mark(ctx, c, req.Version, true)
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
	r.finished = true
	if r.dialect != db.SQLite {
		return nil
	}
	if r.keep != nil {
		if err := r.keep.restore(ctx, c); err != nil {
			return err
		}
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

// Handle counts the statements that goose says it is about to run, and takes note
// of what they drop.
func (r *record) Handle(_ context.Context, l slog.Record) error {
	l.Attrs(func(a slog.Attr) bool {
		if a.Key == "statement" {
			r.begun++
			if r.keep != nil {
				r.keep.statements(a.Value.String())
			}
		}
		return true
	})
	return nil
}

// Enabled, WithAttrs and WithGroup complete slog.Handler.
func (r *record) Enabled(context.Context, slog.Level) bool { return true }
func (r *record) WithAttrs([]slog.Attr) slog.Handler       { return r }
func (r *record) WithGroup(string) slog.Handler            { return r }
