package sqltext_test

import (
	"context"
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/pgserver"
	"github.com/terem-go/terem/internal/sqltext"
)

// FuzzPostgres compares the placeholders that are found in a statement with those
// that PostgreSQL finds in it.
func FuzzPostgres(f *testing.F) {
	for _, sql := range []string{
		"SELECT $1::text", "SELECT '$1', $2::int, $1::int", "SELECT $$ $1 $$, $1::int", "SELECT $a$ $1 $$ $a$", "SELECT E'\\'$1', $1::int", "SELECT '\\', $1::int",
		"SELECT e'a''\\\\', $1::int --'", "SELECT /* /* $2 */ $3 */ $1::int", "SELECT $1::int -- $2", "SELECT 1 AS \"a$1\"\"$2\"", "SELECT a$1 FROM (SELECT 1 AS a$1) t",
		"SELECT U&'\\0041$1', $1::int", "SELECT B'1', X'1F', N'$1'", "SELECT 1e5, .5, 1., $1::int", "SELECT é$1 FROM (SELECT 1 AS é$1) t", "SELECT $é$ $1 $é$",
		"SELECT E'a'\n'\\'$2', $1::int", "SELECT E'a' -- b\n -- c\n\t'\\'$2', $1::int", "SELECT E'a' '\\'$2', $1::int", "SELECT 'a' -- '\n'$1', $1::int", "SELECT 1$1", "SELECT ARRAY[$1::int][1], '{}'::int[]", "SELECT 1 +-- $1\n+$1::int", "SELECT $1::int@-$2::int",
	} {
		f.Add(sql)
	}
	s, err := pgserver.Shared(f.Context())
	if errors.Is(err, pgserver.ErrNotInstalled) && os.Getenv("TEREM_TEST") != "all" {
		f.Skip(err)
	}
	if err != nil {
		f.Fatal(err)
	}
	c, err := pgx.Connect(f.Context(), s.URL("postgres"))
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = c.Close(context.Background()) })
	f.Fuzz(func(t *testing.T, sql string) {
		if !utf8.ValidString(sql) || strings.Contains(sql, "\x00") || len(sql) > 300 {
			t.Skip("no statement of PostgreSQL's")
		}
		d, err := c.PgConn().Prepare(context.Background(), "", sql, nil)
		if c.IsClosed() {
			t.Fatalf("%q: the connection was lost: %v", sql, err)
		}
		if err != nil {
			return
		}
		most := 0
		for tok := range sqltext.Tokens(db.Postgres, sql) {
			if tok.Kind != sqltext.Param {
				continue
			}
			n, err := strconv.Atoi(tok.Text[1:])
			if err != nil {
				t.Errorf("%q has the placeholder %q, and PostgreSQL takes it", sql, tok.Text)
			}
			most = max(most, n)
		}
		if most != len(d.ParamOIDs) {
			t.Errorf("%q has placeholders up to $%d, and for PostgreSQL up to $%d", sql, most, len(d.ParamOIDs))
		}
	})
}
