package sqlfile_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/sqlfile"
)

func TestParse(t *testing.T) {
	t.Parallel()
	got, err := sqlfile.Parse(`-- About this file; not a statement.
-- +goose NO TRANSACTION

-- +goose Up
CREATE TABLE a (
	id INTEGER -- a number; really
);
-- between
INSERT INTO a VALUES (1); INSERT INTO a VALUES (2); -- two at once

-- +goose StatementBegin

SELECT 1;
SELECT 2
-- +goose StatementEnd
-- +goose ENVSUB ON
INSERT INTO a VALUES (${N});
-- +goose ENVSUB OFF
-- +goose Down
DROP TABLE a;
`)
	want := sqlfile.File{
		Up: []sqlfile.Statement{
			{Line: 5, Text: "CREATE TABLE a (\n\tid INTEGER -- a number; really\n);"},
			{Line: 9, Text: "INSERT INTO a VALUES (1); INSERT INTO a VALUES (2); -- two at once"},
			{Line: 13, Text: "SELECT 1;\nSELECT 2", Block: true},
			{Line: 17, Text: "INSERT INTO a VALUES (${N});", Substituted: true},
		},
		Down:          []sqlfile.Statement{{Line: 20, Text: "DROP TABLE a;"}},
		HasDown:       true,
		NoTransaction: true,
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                    `line 1: it lacks the line "-- +goose Up" above its statements`,
		"-- nothing\n":                        `line 1: it lacks the line "-- +goose Up" above its statements`,
		"\nSELECT 1;\n-- +goose Up\n":         `line 2: it lacks the line "-- +goose Up" above its statements`,
		"-- +goose Down\n":                    `line 1: it lacks`,
		"-- +goose StatementBegin\n":          `line 1: it lacks`,
		"-- +goose Up\n-- +goose Up\n":        `line 2: "-- +goose Up" stands here for the second time`,
		"-- +goose Up\nSELECT 1\n":            `line 2: the last statement has no semicolon`,
		"-- +goose Up\nA\n-- +goose Down\nB;": `line 3: the last statement has no semicolon`,
		"-- +goose Up\n-- +goose Down\n-- +goose Down\n":                       `line 3: "-- +goose Down" stands here for the second time`,
		"-- +goose Up\n-- +goose StatementBegin\nA\n":                          `line 3: "-- +goose StatementEnd" is missing`,
		"-- +goose Up\n-- +goose StatementBegin\n-- +goose StatementEnd\nA;\n": `line 3: there is no statement between`,
		"-- +goose Up\n-- +goose StatementBegin\n-- +goose StatementBegin\n":   `line 3: "-- +goose StatementBegin" stands inside another`,
		"-- +goose Up\n-- +goose StatementEnd\n":                               `line 2: "-- +goose StatementEnd" has no StatementBegin`,
		"-- +goose Up\n -- +goose Down\n":                                      `line 2: an instruction to goose begins at the left margin`,
		"-- +goose Upwards\n":                                                  `line 1: goose does not know the instruction Upwards`,
	} {
		_, err := sqlfile.Parse(text)
		var e *sqlfile.Error
		if !errors.As(err, &e) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestHead(t *testing.T) {
	t.Parallel()
	if got := (sqlfile.Statement{Text: "CREATE TABLE a (\n\tid INTEGER\n);"}).Head(); got != "CREATE TABLE a (" {
		t.Errorf("got %q", got)
	}
	if got := (sqlfile.Statement{Text: strings.Repeat("ä", 1000)}).Head(); got != strings.Repeat("ä", 160)+"…" {
		t.Errorf("got %q", got)
	}
}

// checksum returns the checksum of a file with these statements.
func checksum(t *testing.T, d db.Dialect, text string) string {
	t.Helper()
	f, err := sqlfile.Parse("-- +goose Up\n" + text)
	if err != nil {
		t.Fatal(err)
	}
	return f.Checksum(d)
}

func TestChecksum(t *testing.T) {
	t.Parallel()
	const text = "CREATE TABLE a (id INTEGER, name TEXT DEFAULT 'x  y');\nDROP TABLE b;\n"
	for name, c := range map[string]struct {
		text string
		same bool
	}{
		"spaces":        {"CREATE TABLE a\n(\n\tid   INTEGER,\n\tname TEXT DEFAULT 'x  y'\n) ;\r\n\r\nDROP TABLE\tb;\n", true},
		"comments":      {"-- why\nCREATE TABLE a (id INTEGER, /* what */ name TEXT DEFAULT 'x  y');\nDROP/**/TABLE b; -- old\n", true},
		"block":         {"-- +goose StatementBegin\n" + strings.Split(text, ";")[0] + "\n-- +goose StatementEnd\nDROP TABLE b;\n", true},
		"down":          {text + "-- +goose Down\nDROP TABLE a;\n", true},
		"a string":      {strings.Replace(text, "x  y", "x y", 1), false},
		"a comment's":   {strings.Replace(text, "x  y", "x /**/ y", 1), false},
		"a word":        {strings.Replace(text, "name", "title", 1), false},
		"a word's case": {strings.Replace(text, "name", "Name", 1), false},
		"joined words":  {strings.Replace(text, "DROP TABLE", "DROPTABLE", 1), false},
		"less":          {strings.Replace(text, "DROP TABLE b;\n", "", 1), false},
		"more":          {text + "DROP TABLE c;\n", false},
		"order":         {"DROP TABLE b;\n" + strings.Replace(text, "DROP TABLE b;\n", "", 1), false},
	} {
		for _, d := range []db.Dialect{db.SQLite, db.Postgres} {
			if same := checksum(t, d, c.text) == checksum(t, d, text); same != c.same {
				t.Errorf("%s, %s: the same is %v", d, name, same)
			}
		}
	}
}

// TestChecksumsStay has a file of every kind of token. If this fails, every
// database that was migrated before would complain about its migrations.
func TestChecksumsStay(t *testing.T) {
	t.Parallel()
	const text = `INSERT INTO "a b" (x, y) VALUES ('it''s', 1.5e-3), (E'\'', $1) -- c
	ON CONFLICT DO UPDATE SET x = $$a ' b$$::text || [c] /* d */;
`
	for d, want := range map[db.Dialect]string{
		db.SQLite:   "188be0d63ae0d66b76de0914bee6e8d56421b556e9269e73ca89a35d10e45ea5",
		db.Postgres: "a222704c2c464bd08efcd7dea0494b2124188a4182504c01f72dc86cfb66625e",
	} {
		if got := checksum(t, d, text); got != want {
			t.Errorf("%s: %s, want %s", d, got, want)
		}
	}
}

// recorder is a database that takes every statement and notes it.
type recorder struct{ statements *[]string }

func (r recorder) Connect(context.Context) (driver.Conn, error) { return r, nil }
func (r recorder) Driver() driver.Driver                        { return nil }
func (r recorder) Prepare(string) (driver.Stmt, error)          { return nil, errors.ErrUnsupported }
func (r recorder) Close() error                                 { return nil }
func (r recorder) Begin() (driver.Tx, error)                    { return r, nil }
func (r recorder) Commit() error                                { return nil }
func (r recorder) Rollback() error                              { return nil }
func (r recorder) ExecContext(_ context.Context, query string, _ []driver.NamedValue) (driver.Result, error) {
	*r.statements = append(*r.statements, query)
	return driver.RowsAffected(0), nil
}

// gooses returns what goose sends for a file in a direction.
func gooses(t *testing.T, text string, up bool) (statements []string, err error) {
	t.Helper()
	pool := sql.OpenDB(recorder{&statements})
	defer pool.Close()
	p, err := goose.NewProvider(goose.DialectSQLite3, pool, fstest.MapFS{"1_a.sql": {Data: []byte(text)}},
		goose.WithDisableVersioning(true), goose.WithDisableGlobalRegistry(true), goose.WithSlog(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.ApplyVersion(t.Context(), 1, up)
	return statements, err
}

// FuzzAsGooseDoes compares with goose itself. Only goose accepts a block
// without a statement, of which it makes nothing or loses a line.
func FuzzAsGooseDoes(f *testing.F) {
	for _, text := range []string{
		"-- +goose Up\nA;\n-- x\nB\nC; -- d\n-- +goose Down\nD;\n",
		"-- +goose Up\r\nA;\r\n\r\n  \r\n-- x\r\nB;\r\n",
		"-- +goose NO TRANSACTION\n-- +goose Up\n-- +goose StatementBegin\n-- y\nA;\nB;\n-- +goose StatementEnd\nC;",
		"-- +goose Up\n  \n-- x\n-- +goose Down\n",
		"-- +goose Up\nA;--b\n;\n--+goose down\n-- +GOOSE Down\n",
		"\f--+gooseUp", "-- +goose Up\n/* a;\nb */\nA ;\n", "-- +goose Up\n-- +goose +goose Down\n", "\n \n--+goose Up--\nA;",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(strings.ToLower(text), "envsub") || len(text) > 1<<16 {
			return
		}
		got, err := sqlfile.Parse(text)
		if err != nil && strings.Contains(err.Error(), "no statement between") {
			return
		}
		up, upErr := gooses(t, text, true)
		down, downErr := gooses(t, text, false)
		if (err != nil) != (upErr != nil || downErr != nil) {
			t.Fatalf("%q: %v, goose says %v and %v", text, err, upErr, downErr)
		}
		if err != nil {
			return
		}
		for _, c := range []struct {
			got  []sqlfile.Statement
			want []string
		}{{got.Up, up}, {got.Down, down}} {
			var texts []string
			for _, s := range c.got {
				texts = append(texts, s.Text)
				if lines := strings.Split(text, "\n"); s.Line < 1 || s.Line > len(lines) || strings.TrimSpace(lines[s.Line-1]) == "" {
					t.Errorf("%q: a statement begins in line %d", text, s.Line)
				}
			}
			if diff := cmp.Diff(c.want, texts); diff != "" {
				t.Errorf("%q (-goose +got):\n%s", text, diff)
			}
		}
	})
}

// TestNumber compares with goose, which numbers files by itself.
func TestNumber(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"1_a.sql", "00010_b_c.sql", "sqlite/2_a.sql", "20260102150405_a.sql", "a.sql", "_a.sql", "0_a.sql", "-1_a.sql", "1a_b.sql", "1.sql", "99999999999999999999_a.sql", " 1_a.sql"} {
		want, err := goose.NumericComponent(name)
		got, ok := sqlfile.Number(name)
		if ok != (err == nil) || ok && got != want {
			t.Errorf("%q is %d, %v; goose says %d, %v", name, got, ok, want, err)
		}
	}
}
