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
// goose's own command reads (its option -table). Any number of processes may
// migrate a database at the same time: each file is applied once. On SQLite they
// meet at an empty file beside the database, shop.db-migrate.
//
// SQLite rebuilds a table by making a new one and dropping the old, so foreign
// keys are off while a file runs; before it is recorded, and inside its
// transaction, indexes and triggers that went with an old table and that the file
// does not drop by name are made again, and all references are checked.
package migrate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"
	"time"

	"github.com/pressly/goose/v3"

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
// does not begin with a number and an underscore or which lacks the line
// "-- +goose Up", two files with the same number, and a source whose name is
// wrong or given twice.
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

// Up applies all pending migrations in the order of their numbers, the further
// sources' first. It returns those that this call applied, also when a later
// one fails. A process that finds another one migrating waits for it until ctx
// ends.
//
// A file that fails is rolled back and ends the call; the error names the file
// and the statement. A file that is numbered below one that is applied already
// is an error: give it a higher number. A database that is ahead of the files,
// because a newer program migrated it, is only logged: during a rollout older
// programs must still be able to start.
func (m *Migrator) Up(ctx context.Context) ([]Applied, error) {
	var done []Applied
	for _, s := range m.sets {
		applied, err := m.up(ctx, s)
		done = append(done, applied...)
		if err != nil {
			return done, err
		}
	}
	return done, nil
}

func (m *Migrator) up(ctx context.Context, s set) ([]Applied, error) {
	states, err := m.states(ctx, s)
	if err != nil {
		return nil, err
	}
	todo, err := m.order(ctx, states)
	if err != nil || len(todo) == 0 {
		return nil, err
	}
	r, err := m.runner(s)
	if err != nil {
		return nil, err
	}
	defer r.close()
	var done []Applied
	for _, f := range todo {
		a, err := r.run(ctx, f, up)
		if errors.Is(err, goose.ErrAlreadyApplied) { // by another process, since we looked
			continue
		}
		if err != nil {
			return done, err
		}
		done = append(done, a)
	}
	return done, nil
}

// order returns the pending migrations in the order to apply them in.
func (m *Migrator) order(ctx context.Context, states []State) (todo []Migration, err error) {
	var last State
	for _, s := range states {
		switch {
		case s.Pending():
			todo = append(todo, s.Migration)
			continue
		case len(todo) > 0:
			return nil, fmt.Errorf("migrate: %s is not applied, but number %d is; files are applied in the order of their numbers: give it a higher one than all that are applied", todo[0].name(), s.Number)
		case s.File == "":
			last = s
		}
	}
	if last.Number > 0 {
		m.log.WarnContext(ctx, "the database is ahead of this program's migrations: a newer one has migrated it", "number", last.Number)
	}
	return todo, nil
}

// Down takes back the application's migration with the highest number among
// those that are applied, by the file's part after "-- +goose Down". It returns
// an error when none is applied, when this program does not have the file, and
// when the file has no such part.
func (m *Migrator) Down(ctx context.Context) (Applied, error) {
	s := m.sets[len(m.sets)-1]
	states, err := m.states(ctx, s)
	if err != nil {
		return Applied{}, err
	}
	last := -1
	for i, s := range states {
		if !s.Pending() {
			last = i
		}
	}
	if last < 0 {
		return Applied{}, errors.New("migrate: there is nothing to take back: no migration is applied")
	}
	f := states[last].Migration
	if f.File == "" {
		return Applied{}, fmt.Errorf("migrate: number %d cannot be taken back by this program, which does not have its file: use the newer program that applied it", f.Number)
	}
	if !downLine.Match(s.text[f.Number]) {
		return Applied{}, fmt.Errorf("migrate: %s cannot be taken back: it has no line \"-- +goose Down\" with what to do", f.name())
	}
	r, err := m.runner(s)
	if err != nil {
		return Applied{}, err
	}
	defer r.close()
	return r.run(ctx, f, down)
}
