package dbcopy

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"github.com/terem-go/terem/internal/sqltext"
)

// source is the file of SQLite, in a transaction that keeps others from writing.
type source struct {
	path string
	db   *sql.DB
	conn *sql.Conn
}

func openSource(ctx context.Context, path string) (_ *source, err error) {
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("the source: there is no file %s", path)
	}
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: "mode=rw&_pragma=busy_timeout(5000)"}
	s := &source{path: path}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("the source %s: %w", path, err), s.close())
		}
	}()
	if s.db, err = sql.Open("sqlite", u.String()); err != nil {
		return nil, err
	}
	if s.conn, err = s.db.Conn(ctx); err != nil {
		return nil, err
	}
	_, err = s.conn.ExecContext(ctx, "BEGIN IMMEDIATE")
	if e, ok := errors.AsType[*sqlite.Error](err); ok && e.Code()&0xff == lib.SQLITE_BUSY {
		return nil, fmt.Errorf("%w; is the server still running? Stop it first", err)
	}
	return s, err
}

func (s *source) close() error {
	var errs []error
	if s.conn != nil {
		_, _ = s.conn.ExecContext(context.Background(), "ROLLBACK") // nothing was written
		errs = append(errs, s.conn.Close())
	}
	if s.db != nil {
		errs = append(errs, s.db.Close())
	}
	return errors.Join(errs...)
}

func (s *source) migrations(ctx context.Context) (map[string]bool, error) {
	names, err := s.strings(ctx, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'terem\\_migrations%' ESCAPE '\\'")
	if err != nil {
		return nil, err
	}
	return applied(names, func(query string) ([]string, error) { return s.strings(ctx, query) })
}

// tables are those that are copied, by name, without the kinds of their columns.
func (s *source) tables(ctx context.Context) ([]*table, error) {
	names, err := s.strings(ctx, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
	if err != nil {
		return nil, err
	}
	var tables []*table
	for _, name := range names {
		if apart(name) {
			continue
		}
		columns, err := s.strings(ctx, "SELECT name FROM pragma_table_info("+text(name)+") ORDER BY cid")
		if err != nil {
			return nil, err
		}
		t := &table{name: name, rowid: s.rowid(ctx, name, columns)}
		for _, c := range columns {
			t.columns = append(t.columns, column{name: c})
		}
		if t.spent, err = s.spent(ctx, name); err != nil {
			return nil, err
		}
		tables = append(tables, t)
	}
	return tables, nil
}

// spent is the largest number that the table has given to a row, of those that
// never give one twice.
func (s *source) spent(ctx context.Context, table string) (n int64, err error) {
	there, err := s.strings(ctx, "SELECT name FROM sqlite_schema WHERE name = 'sqlite_sequence'")
	if err != nil || len(there) == 0 {
		return 0, err
	}
	err = s.conn.QueryRowContext(ctx, "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = ?", table).Scan(&n)
	return n, err
}

// rowid is a name of the table's row numbers that none of its columns has, or ""
// if it has none.
func (s *source) rowid(ctx context.Context, table string, columns []string) string {
	for _, name := range []string{"rowid", "_rowid_", "oid"} {
		if slices.ContainsFunc(columns, func(c string) bool { return strings.EqualFold(c, name) }) {
			continue
		}
		if rows, err := s.conn.QueryContext(ctx, "SELECT "+name+" FROM "+sqltext.Quote(table)+" LIMIT 1"); err == nil {
			_ = rows.Close()
			return name
		}
	}
	return ""
}

func (s *source) strings(ctx context.Context, query string) (list []string, err error) {
	rows, err := s.conn.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var v string
		if err := rows.Scan(&v); err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, rows.Err()
}

func (s *source) count(ctx context.Context, table string) (n int64, err error) {
	err = s.conn.QueryRowContext(ctx, "SELECT count(*) FROM "+sqltext.Quote(table)).Scan(&n)
	return n, err
}

// rows calls f with the values of up to most rows from the number first on, or of
// all rows of a table without numbers. It returns the number of the last one that f
// was called with.
func (s *source) rows(ctx context.Context, t *table, first, most int64, f func(values []any) error) (last int64, err error) {
	var b strings.Builder
	b.WriteString("SELECT ")
	var args []any
	if t.rowid == "" {
		b.WriteString("0")
	} else {
		b.WriteString(t.rowid)
	}
	for _, c := range t.columns {
		name := sqltext.Quote(c.name)
		if c.document() { // River keeps SQLite's binary JSON
			name = "CASE typeof(" + name + ") WHEN 'blob' THEN json(" + name + ") ELSE " + name + " END"
		}
		b.WriteString(", +" + name) // the sign makes an expression, which the driver gives as it is stored
	}
	b.WriteString(" FROM " + sqltext.Quote(t.name))
	if t.rowid != "" {
		b.WriteString(" WHERE " + t.rowid + " >= ? ORDER BY " + t.rowid + " LIMIT ?")
		args = []any{first, most}
	}
	rows, err := s.conn.QueryContext(ctx, b.String(), args...)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	values := make([]any, len(t.columns))
	dest := make([]any, len(t.columns)+1)
	dest[0] = &last
	for i := range values {
		dest[i+1] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return 0, err
		}
		if err := f(values); err != nil {
			return last, err
		}
	}
	return last, rows.Err()
}

// text writes a text as SQL.
func text(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// list writes names in order, the first ones if they are many.
func list(names []string) string {
	slices.Sort(names)
	if n := len(names); n > 5 {
		return strings.Join(names[:5], ", ") + fmt.Sprintf(" and %d more", n-5)
	}
	return strings.Join(names, ", ")
}
