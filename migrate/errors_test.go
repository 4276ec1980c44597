package migrate_test

import (
	"context"
	"log/slog"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/db/postgres"
	"github.com/terem-go/terem/errs"
	"github.com/terem-go/terem/migrate"
)

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	d := dbtest.SQLite(t, nil)
	good := files("1_a.sql", table("a"))
	for name, c := range map[string]struct {
		files   fstest.MapFS
		sources []migrate.Source
		want    []string
	}{
		"no folder":      {files: fstest.MapFS{"migrations/sqlite/1_a.sql": {Data: []byte(table("a"))}}, want: []string{"no folder sqlite", "fs.Sub"}},
		"no files":       {files: fstest.MapFS{"sqlite/README.md": {}}, want: []string{"sqlite has no .sql files"}},
		"no number":      {files: files("users.sql", table("a")), want: []string{"sqlite/users.sql", "00001_users.sql"}},
		"number zero":    {files: files("0_users.sql", table("a")), want: []string{"sqlite/0_users.sql"}},
		"same number":    {files: files("02_a.sql", table("a"), "2_b.sql", table("b")), want: []string{"sqlite/02_a.sql", "sqlite/2_b.sql", "same number"}},
		"no annotation":  {files: files("1_a.sql", "CREATE TABLE a (id INTEGER);"), want: []string{"sqlite/1_a.sql", "line 1", `"-- +goose Up"`}},
		"no semicolon":   {files: files("1_a.sql", table("a"), "2_b.sql", "-- +goose Up\nCREATE TABLE b (id INTEGER)\n"), want: []string{"sqlite/2_b.sql", "line 2", "missing semicolon?"}},
		"source's name":  {files: good, sources: []migrate.Source{{Name: "My Lib", FS: good}}, want: []string{`"My Lib"`}},
		"no source name": {files: good, sources: []migrate.Source{{FS: good}}, want: []string{`""`}},
		"a source":       {files: good, sources: []migrate.Source{{Name: "lib", FS: files("1_b.sql", "")}}, want: []string{"lib: sqlite/1_b.sql"}},
		"same source":    {files: good, sources: []migrate.Source{{Name: "lib", FS: good}, {Name: "lib", FS: good}}, want: []string{`"lib"`, "twice"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := migrate.New(d, c.files, migrate.Config{Sources: c.sources})
			if err == nil {
				t.Fatal("no error")
			}
			for _, part := range c.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%v: lacks %q", err, part)
				}
			}
		})
	}
}

func TestFailure(t *testing.T) {
	t.Parallel()
	long := "INSERT INTO nothing VALUES (1" + strings.Repeat(", 1", 200) + ");"
	for name, c := range map[string]struct {
		second string
		want   []string
		not    string // in the message
		stays  bool   // what the file did before it failed
	}{
		"rolled back": {
			second: "-- +goose Up\nCREATE TABLE b (id INTEGER);\nINSERT INTO nothing\n  VALUES (1);\n",
			want:   []string{"2_b.sql failed in line 3, INSERT INTO nothing: ", "was rolled back", "run the migrations again"},
			not:    "VALUES",
		},
		"shortened": {
			second: "-- +goose Up\nCREATE TABLE b (id INTEGER);\n" + long,
			want:   []string{"INSERT INTO nothing VALUES (1, 1", "…"},
			not:    strings.Repeat(", 1", 100),
		},
		"without a transaction": {
			second: "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE TABLE b (id INTEGER);\nINSERT INTO nothing VALUES (1);\n",
			want: []string{"2_b.sql failed in line 4, INSERT INTO nothing", "has run partly: what 1 of its 2 statements did, through line 3, has stayed. Undo it by hand",
				"IF NOT EXISTS", "Then correct the file and run the migrations again"},
			stays: true,
		},
		"without a transaction, at once": {
			second: "-- +goose NO TRANSACTION\n-- +goose Up\nINSERT INTO nothing VALUES (1);\nCREATE TABLE b (id INTEGER);\n",
			want:   []string{"2_b.sql failed in line 3, INSERT INTO nothing", "its first statement failed, so nothing else of it has run"},
		},
		"with secrets": {
			second: "-- +goose Up\nCREATE TABLE b (id INTEGER);\n-- +goose ENVSUB ON\nINSERT INTO nothing VALUES ('${PATH}');\n",
			want:   []string{"2_b.sql failed in line 4, INSERT INTO nothing VALUES ('${PATH}');: "},
			not:    os.Getenv("PATH"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
				m := newMigrator(t, d, files("1_a.sql", table("a"), "2_b.sql", c.second, "3_c.sql", table("c")))
				done, err := m.Up(t.Context())
				if err == nil {
					t.Fatal("no error")
				}
				for _, part := range c.want {
					if !strings.Contains(err.Error(), part) {
						t.Errorf("%v: lacks %q", err, part)
					}
				}
				if c.not != "" && strings.Contains(err.Error(), c.not) {
					t.Errorf("%v: has %q", err, c.not)
				}
				if len(done) != 1 || !has(t, d, "a") || has(t, d, "b") != c.stays || has(t, d, "c") {
					t.Errorf("afterwards: applied %v, table a %v, b %v, c %v", done, has(t, d, "a"), has(t, d, "b"), has(t, d, "c"))
				}
				if pending, err := m.Pending(t.Context()); len(pending) != 2 || err != nil {
					t.Errorf("pending: %v, %v", pending, err)
				}
			})
		})
	}
}

// TestAnIndexThatFails leaves one behind that PostgreSQL does not use.
func TestAnIndexThatFails(t *testing.T) {
	t.Parallel()
	m := newMigrator(t, dbtest.Postgres(t, nil), files("1_a.sql", table("a"),
		"2_b.sql", "-- +goose NO TRANSACTION\n-- +goose Up\nALTER TABLE a ADD n INTEGER;\nINSERT INTO a VALUES (1, 1), (2, 1);\nCREATE UNIQUE INDEX CONCURRENTLY twice ON a (n);\n"))
	_, err := m.Up(t.Context())
	for _, part := range []string{"2_b.sql failed in line 5, CREATE UNIQUE INDEX CONCURRENTLY twice", "what 2 of its 3 statements did, through line 4", "stays behind as invalid: DROP INDEX it"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%v: lacks %q", err, part)
		}
	}
}

func TestDownThatFails(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		m := newMigrator(t, d, files("1_a.sql", "-- +goose Up\nCREATE TABLE a (id INTEGER);\n-- +goose Down\nDROP TABLE a;\nDROP TABLE nothing;\n"))
		mustUp(t, m)
		_, err := m.Down(t.Context())
		if err == nil || !strings.Contains(err.Error(), "1_a.sql failed in line 5, DROP TABLE nothing;: ") || !has(t, d, "a") {
			t.Errorf("Down: %v", err)
		}
	})
}

func TestAServerThatIsDownIsUnavailable(t *testing.T) {
	t.Parallel()
	d, err := db.Open(t.Context(), "postgres:///shop?host="+t.TempDir(), db.Config{Logger: slog.New(slog.DiscardHandler)}, postgres.Engine)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close(t.Context())
	m := newMigrator(t, d, files("1_a.sql", table("a")))
	for name, call := range map[string]func(context.Context) error{
		"Up":      func(ctx context.Context) error { _, err := m.Up(ctx); return err },
		"Down":    func(ctx context.Context) error { _, err := m.Down(ctx); return err },
		"Status":  func(ctx context.Context) error { _, err := m.Status(ctx); return err },
		"Pending": func(ctx context.Context) error { _, err := m.Pending(ctx); return err },
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		if err := call(ctx); errs.From(err).Kind != errs.Unavailable {
			t.Errorf("%s: %v (%s)", name, err, errs.From(err).Kind)
		}
		cancel()
	}
}
