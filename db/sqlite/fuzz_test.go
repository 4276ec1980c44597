package sqlite_test

import (
	"context"
	"database/sql/driver"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	driversqlite "modernc.org/sqlite"

	"github.com/terem-go/terem/db/sqlite"
)

// volatile is what makes a statement say something else each time, or nothing
// for long; and $01, which is $1 on PostgreSQL and a name of its own on SQLite.
var volatile = regexp.MustCompile(`(?i)rand|now|date|time|julian|current|recursive|blob|printf|format|attach|vacuum|pragma|explain|sqlite_|temp|load|\$0`)

// FuzzPlaceholders compares what SQLite makes of a statement as this package
// gives it to it with what it makes of the original, of which it takes $1 for a
// parameter with that name.
func FuzzPlaceholders(f *testing.F) {
	for _, sql := range []string{
		"SELECT $1", "SELECT $2 || $1, $1", "SELECT '$1', \"a$1\" FROM (SELECT 1 AS \"a$1\") WHERE $1 <> 'it''s $2'",
		"SELECT [$1], `$2`, $1 FROM (SELECT 1 AS [$1], 2 AS `$2`)", "SELECT $1 -- $2", "/* $2 */ SELECT /* /* $3 */ $1;",
		"SELECT a$1 FROM (SELECT 3 AS a$1)", "SELECT x'2431', $1", "SELECT 1e5, $1", "SELECT 0x1F+$1", "SELECT $1;;", "SELECT $1::a",
		"WITH t(a) AS (VALUES ($1), ($2)) SELECT a FROM t", "SELECT $1$2", "SELECT 1$1", "VALUES($1,$3,$2)", "SELECT '$1\x00', $1",
		"SELECT 'a' -- '\n|| $1", "SELECT \"\"\"$1\" FROM (SELECT 1 AS \"\"\"$1\")", "SELECT $1 /* never closed", "SELECT é$1 FROM (SELECT 1 AS é$1)",
	} {
		f.Add(sql)
	}
	c, err := (&driversqlite.Driver{}).Open(":memory:")
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = c.Close() })
	f.Fuzz(func(t *testing.T, sql string) {
		if volatile.MatchString(sql) || len(sql) > 300 {
			t.Skip()
		}
		rewritten, n, foreign, err := sqlite.Parse(sql)
		if err != nil || foreign != "" {
			return
		}
		var named, numbered []driver.NamedValue
		for i := range n {
			v := "argument " + strconv.Itoa(i+1)
			numbered = append(numbered, driver.NamedValue{Ordinal: i + 1, Value: v})
			named = append(named, driver.NamedValue{Ordinal: i + 1, Name: strconv.Itoa(i + 1), Value: v})
		}
		want, got := rowsOf(c, sql, named), rowsOf(c, rewritten, numbered)
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%q became %q, which returns %q, and not %q", sql, rewritten, got, want)
		}
	})
}

// rowsOf returns the first rows of a statement, or just that it fails.
func rowsOf(c driver.Conn, sql string, args []driver.NamedValue) (found []string) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	rows, err := c.(driver.QueryerContext).QueryContext(ctx, sql, args)
	if err != nil {
		return []string{"it fails"}
	}
	defer rows.Close()
	values := make([]driver.Value, len(rows.Columns()))
	for len(found) < 100 {
		switch err := rows.Next(values); err {
		case nil:
			found = append(found, fmt.Sprint(values))
		case io.EOF:
			return found
		default:
			return []string{"it fails"}
		}
	}
	return found
}

// FuzzURL: the file that is opened is the one that a URL names, whatever stands
// in its name, and no part of a URL becomes a setting of the driver's.
func FuzzURL(f *testing.F) {
	for _, s := range []string{
		"sqlite:shop.db", "sqlite:///data/shop.db?readers=8", "sqlite:a%3Fmode=rw.db", "sqlite:a#b.db", "sqlite:a b&c=d.db?synchronous=off",
		"sqlite:%00", "sqlite:a%25.db?busy_timeout=1s&busy_timeout=2s", "sqlite://host/a.db", "sqlite:?", "sqlite:%2e%2e/é.db", "sqlite:a?_pragma=x",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		path, dsn, err := sqlite.DSN(s)
		if err != nil {
			return
		}
		if !filepath.IsAbs(path) {
			t.Errorf("%q: the path is %q", s, path)
		}
		// As SQLite reads it (sqlite.org/uri.html).
		rest, ok := strings.CutPrefix(dsn, "file:")
		name, query, _ := strings.Cut(rest, "?")
		file, err := url.PathUnescape(name)
		if !ok || err != nil || file != path || strings.Contains(rest, "#") {
			t.Errorf("%q: the driver opens %q, which is %q, and not %q: %v", s, dsn, file, path, err)
		}
		if q, err := url.ParseQuery(query); err != nil || len(q) != 5 || q.Get("mode") != "ro" {
			t.Errorf("%q: the driver's settings are %v: %v", s, q, err)
		}
	})
}
