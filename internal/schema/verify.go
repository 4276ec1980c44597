package schema

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/sqlite"
)

// Verify compares the tables of a database with what models want and returns a
// line for each difference, in the order of the tables. What models cannot say does
// not count: tables of others, triggers, indexes on expressions, and the types of
// columns that write their values themselves.
//
// What is wanted is made by the database itself, to be compared in its own words:
// on PostgreSQL in a schema that is rolled back, for which the user must be
// allowed to create one; on SQLite in a file that is removed.
func (s *Schema) Verify(ctx context.Context, d *db.DB) ([]string, error) {
	var there, want facts
	var err error
	if d.Dialect() == db.SQLite {
		if want, err = s.scratchSQLite(ctx); err == nil {
			err = d.Read(ctx, func(ctx context.Context, r *db.Reader) error {
				there, err = s.inspectSQLite(ctx, r)
				return err
			})
		}
	} else {
		done := errors.New("done")
		err = d.Do(ctx, func(ctx context.Context, x *db.Session) error {
			if there, err = s.inspectPostgres(ctx, x); err != nil {
				return err
			}
			if want, err = s.scratchPostgres(ctx, x); err != nil {
				return err
			}
			return done
		})
		if errors.Is(err, done) {
			err = nil
		}
	}
	if err != nil {
		return nil, err
	}
	return there.differences(want), nil
}

// facts are what a database says about tables: values by what they are about,
// such as "column users.email".
type facts map[string]string

// differences returns what is not as wanted, a line each.
func (f facts) differences(want facts) (lines []string) {
	all := maps.Clone(f)
	maps.Copy(all, want)
	for _, what := range slices.Sorted(maps.Keys(all)) {
		is, found := f[what]
		wanted, known := want[what]
		switch {
		case !found:
			lines = append(lines, fmt.Sprintf("%s is not there; wanted: %s", what, wanted))
		case !known:
			lines = append(lines, fmt.Sprintf("%s is not wanted: %s", what, is))
		case is != wanted:
			lines = append(lines, fmt.Sprintf("%s is %s; wanted: %s", what, is, wanted))
		}
	}
	return lines
}

// statements make the schema's tables in an empty database.
func (s *Schema) statements(d db.Dialect) script {
	if d == db.SQLite {
		return (&liteChange{to: s.physical(d)}).change(&Schema{}, renames{})
	}
	return (&pgChange{to: s.physical(d)}).change(&Schema{}, renames{})
}

func (s script) run(ctx context.Context, x db.Execer) error {
	for _, step := range s {
		if _, err := x.Exec(ctx, step.sql); err != nil {
			return fmt.Errorf("%w, in %s", err, step.sql)
		}
	}
	return nil
}

func (s *Schema) scratchSQLite(ctx context.Context) (want facts, err error) {
	dir, err := os.MkdirTemp("", "terem-verify-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	file := url.URL{Path: filepath.Join(dir, "scratch.db")}
	d, err := db.Open(ctx, "sqlite:"+file.EscapedPath()+"?synchronous=off", db.Config{}, sqlite.Engine)
	if err != nil {
		return nil, err
	}
	err = d.Do(ctx, func(ctx context.Context, x *db.Session) error {
		if err := s.statements(db.SQLite).run(ctx, x); err != nil {
			return err
		}
		want, err = s.inspectSQLite(ctx, x)
		return err
	})
	return want, errors.Join(err, d.Close(ctx))
}

// scratchPostgres leaves the session to be rolled back.
func (s *Schema) scratchPostgres(ctx context.Context, x *db.Session) (facts, error) {
	for _, sql := range []string{
		"CREATE SCHEMA terem_verify",
		// Behind it are the schemas of before: models may use functions that are there.
		"SELECT set_config('search_path', concat_ws(', ', 'terem_verify', nullif(current_setting('search_path'), '')), true)",
	} {
		if _, err := x.Exec(ctx, sql); err != nil {
			return nil, fmt.Errorf("the comparison needs a schema of its own, which is rolled back: %w", err)
		}
	}
	if err := s.statements(db.Postgres).run(ctx, x); err != nil {
		return nil, err
	}
	return s.inspectPostgres(ctx, x)
}

// typed returns a column's type, or that it is not compared.
func (t *Table) typed(column, typ string) string {
	if c := t.Column(column); c != nil && c.Kind == dao.KindCustom {
		return "of its own type"
	}
	return typ
}

// each reads the rows of a query.
func each(ctx context.Context, q db.Querier, row func(), dest []any, sql string, args ...any) error {
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		row()
	}
	return rows.Err()
}
