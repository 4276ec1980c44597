// Package dbcopy moves the rows of a database in SQLite to one in PostgreSQL that
// the same migrations have made.
package dbcopy

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/terem-go/terem/internal/sqltext"
)

// Options say what is copied where.
type Options struct {
	From string // the file of SQLite
	To   string // the URL of PostgreSQL

	// Restart forgets what an earlier copy has written, and begins again.
	Restart bool

	// Progress is told of each batch: how many of a table's rows are done, of how
	// many in all. What is checked afterwards is told as well, by verifying.
	Progress func(table string, verifying bool, done, total int64)
}

// Table is a table that was copied and compared.
type Table struct {
	Name     string `json:"name"`
	Rows     int64  `json:"rows"`
	Checksum string `json:"checksum"` // of the rows in any order, 32 hexadecimal digits
}

// Run copies and compares. Nobody writes to the source meanwhile: it holds the
// lock of SQLite that writers need. What was copied when Run is interrupted stays,
// and the next call goes on behind it.
//
// Nothing is written unless the target has the same migrations and no rows. Foreign
// keys are taken away for the time of the copy and made again afterwards; triggers
// of the target do not fire.
func Run(ctx context.Context, o Options) (tables []Table, err error) {
	if o.Progress == nil {
		o.Progress = func(string, bool, int64, int64) {}
	}
	from, err := openSource(ctx, o.From)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, from.close()) }()
	to, err := openTarget(ctx, o.To)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, to.close()) }()

	if err := sameMigrations(ctx, from, to); err != nil {
		return nil, err
	}
	plan, err := pair(ctx, from, to)
	if err != nil {
		return nil, err
	}
	s, err := to.begin(ctx, from.path, plan, o.Restart)
	if err != nil {
		return nil, err
	}
	for _, t := range plan {
		if err := copyTable(ctx, from, to, s, t, o.Progress); err != nil {
			return nil, fmt.Errorf("the table %s: %w", t.name, err)
		}
	}
	if err := to.finish(ctx, s, plan); err != nil {
		return nil, err
	}
	for _, t := range plan {
		done, err := verify(ctx, from, to, t, o.Progress)
		if err != nil {
			return nil, fmt.Errorf("the table %s: %w", t.name, err)
		}
		tables = append(tables, done)
	}
	return tables, to.forget(ctx)
}

// table is a table of both databases.
type table struct {
	name    string
	rowid   string // what its rows are ordered by, "" without
	spent   int64  // numbers up to this one were given to rows, also to some that are gone
	columns []column
}

// column is a column of both databases.
type column struct {
	name string
	kind string // PostgreSQL's type, without its size
}

// apart are tables that belong to one database or to the processes that run on it:
// they are not copied. The migrations are compared instead.
func apart(name string) bool {
	switch name {
	case "river_leader", "river_client", "river_client_queue", "river_notification", "river_migration", stateTable:
		return true
	}
	return strings.HasPrefix(name, "sqlite_") || name == migrations || strings.HasPrefix(name, migrations+"_")
}

const migrations = "terem_migrations"

// sameMigrations refuses databases that different migrations have made.
func sameMigrations(ctx context.Context, from *source, to *target) error {
	there, err := from.migrations(ctx)
	if err != nil {
		return err
	}
	here, err := to.migrations(ctx)
	if err != nil {
		return err
	}
	var missing, more []string
	for m := range there {
		if !here[m] {
			missing = append(missing, m)
		}
	}
	for m := range here {
		if !there[m] {
			more = append(more, m)
		}
	}
	switch {
	case len(there) == 0:
		return fmt.Errorf("%s has no table %s: it is not the database of an application", from.path, migrations)
	case len(missing) > 0:
		return fmt.Errorf("the target lacks the migrations %s; let the application make its tables first: DATABASE_URL=… go run . migrate up", list(missing))
	case len(more) > 0:
		return fmt.Errorf("the target has the migrations %s, which the source lacks; let the application bring the source up to date first: DATABASE_URL=sqlite:%s go run . migrate up", list(more), from.path)
	}
	return nil
}

// applied are the migrations that tables of these names record, such as
// "terem_migrations 12". Either database is asked.
func applied(names []string, ask func(query string) ([]string, error)) (map[string]bool, error) {
	all := map[string]bool{}
	for _, name := range names {
		numbers, err := ask("SELECT CAST(version_id AS TEXT) FROM " + sqltext.Quote(name) + " WHERE version_id > 0")
		if err != nil {
			return nil, err
		}
		for _, n := range numbers {
			all[name+" "+n] = true
		}
	}
	return all, nil
}

// pair finds each table of the source in the target, with its columns.
func pair(ctx context.Context, from *source, to *target) ([]*table, error) {
	tables, err := from.tables(ctx)
	if err != nil {
		return nil, err
	}
	for _, t := range tables {
		columns, err := to.columns(ctx, t.name)
		if err != nil {
			return nil, err
		}
		if len(columns) == 0 {
			return nil, fmt.Errorf("the target has no table %s, which no migration has made: make it there, or drop it from the source", t.name)
		}
		for i := range t.columns {
			c := &t.columns[i]
			there, ok := columns[c.name]
			if !ok {
				return nil, fmt.Errorf("the target has no column %s.%s, which no migration has made", t.name, c.name)
			}
			c.kind = there.kind
			delete(columns, c.name)
		}
		for name, c := range columns {
			if c.required {
				return nil, fmt.Errorf("the source has no column %s.%s, which the target needs", t.name, name)
			}
		}
	}
	return tables, nil
}
