// Package migrate applies an application's migrations: numbered SQL files, in
// one folder for each kind of database.
//
//	migrations/
//		sqlite/00001_users.sql    sqlite/00002_orders.sql
//		postgres/00001_users.sql  postgres/00002_orders.sql
//
// A file says in comments what is done and what takes it back:
//
//	-- +goose Up
//	CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL);
//
//	-- +goose Down
//	DROP TABLE users;
//
// A statement that has semicolons inside stands between the lines
// "-- +goose StatementBegin" and "-- +goose StatementEnd". Each file runs in a
// transaction of its own, unless it has the line "-- +goose NO TRANSACTION".
//
// What was applied is kept in the table terem_migrations, in the form that
// goose's own command reads (its option -table), with a checksum of what the file
// said: a file that was edited afterwards is found. Any number of processes may
// migrate a database at the same time: each file is applied once. On SQLite they
// meet at an empty file beside the database, shop.db-migrate.
//
// SQLite rebuilds a table by making a new one and dropping the old, so foreign
// keys are off while a file runs; before it is recorded, and inside its
// transaction, all references are checked. Indexes and triggers that went with an
// old table are made again, unless the file, which is the application's own, drops
// them by name.
package migrate

import (
	"cmp"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"
	"time"

	"github.com/terem-go/terem/db"
)

// Migrator applies migrations to a database. It keeps no connection between
// calls, and is safe for use by many goroutines.
type Migrator struct {
	db   *db.DB
	log  *slog.Logger
	sets []set // the further sources, then the application's own migrations
}

// Config are the settings of a Migrator. Its zero value is usable.
type Config struct {
	// Logger gets one line for each file that was applied or taken back, and a
	// warning when the database is ahead of the files. The default is
	// slog.Default().
	Logger *slog.Logger
	// Sources are further migrations, such as a library's own. They are applied
	// before the application's, in this order.
	Sources []Source
}

// Source is a set of migrations that is numbered on its own.
type Source struct {
	// Name stands in front of its files in messages, and in the name of its
	// table: terem_migrations_<name>. It consists of lower-case letters, digits
	// and underscores, and must not change.
	Name string
	// FS holds the folders sqlite and postgres.
	FS fs.FS
}

// Migration is one migration file.
type Migration struct {
	Source string // the name of its Source, "" for the application's own
	Number int64  // from the file's name: 2 for 00002_orders.sql
	File   string // such as "sqlite/00002_orders.sql"; "" when this program has no such file
}

// name returns the file as messages call it.
func (m Migration) name() string { return prefix(m.Source) + m.File }

// prefix returns what stands in front of the files of a source in messages.
func prefix(source string) string {
	if source == "" {
		return ""
	}
	return source + ": "
}

// Applied is a migration that a call applied or took back.
type Applied struct {
	Migration
	Took time.Duration
}

// New returns a Migrator for the files in fsys, which holds the folders sqlite
// and postgres. Only the folder of d's dialect is read. It does not look at the
// database.
//
// Errors are a folder that is missing or has no .sql files, a file whose name
// does not begin with a number and an underscore or whose text is not of the form
// above, two files with the same number, and a source whose name is wrong or given
// twice.
func New(d *db.DB, fsys fs.FS, c Config) (*Migrator, error) {
	m := &Migrator{db: d, log: cmp.Or(c.Logger, slog.Default())}
	for i, s := range c.Sources {
		if slices.ContainsFunc(c.Sources[:i], func(o Source) bool { return o.Name == s.Name }) {
			return nil, fmt.Errorf("migrate: the source %q is given twice", s.Name)
		}
		if !sourceName.MatchString(s.Name) {
			return nil, fmt.Errorf("migrate: the source name %q has something besides lower-case letters, digits and underscores", s.Name)
		}
	}
	for _, s := range append(slices.Clip(c.Sources), Source{FS: fsys}) {
		read, err := read(s, d.Dialect())
		if err != nil {
			return nil, fmt.Errorf("migrate: %s%w", prefix(s.Name), err)
		}
		m.sets = append(m.sets, read)
	}
	return m, nil
}
