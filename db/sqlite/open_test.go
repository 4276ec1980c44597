package sqlite_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/sqlite"
)

func TestOpenURLs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	relative, err := filepath.Rel(must(os.Getwd())(t), dir)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ url, file string }{
		{"sqlite:" + dir + "/a.db", "a.db"},
		{"sqlite://" + dir + "/b.db", "b.db"},
		{"sqlite:" + relative + "/c.db", "c.db"},
		{"sqlite:./" + relative + "/d.db?readers=1&busy_timeout=100ms&synchronous=normal&max_wait=1s&max_waiting=5", "d.db"},
		{"sqlite:" + dir + "/with%20space%25%3Fé.db", "with space%?é.db"},
	}
	for _, test := range tests {
		t.Run(test.file, func(t *testing.T) {
			t.Parallel()
			d, err := db.Open(t.Context(), test.url, db.Config{}, sqlite.Engine)
			if err != nil {
				t.Fatal(err)
			}
			do(t, d, "CREATE TABLE t (id INTEGER)", "INSERT INTO t VALUES (1)")
			if n := count(t, d, "SELECT count(*) FROM t"); n != 1 {
				t.Errorf("%d rows through a reader", n)
			}
			if err := d.Ping(t.Context()); err != nil {
				t.Error(err)
			}
			if err := d.Close(t.Context()); err != nil {
				t.Error(err)
			}
			left, err := filepath.Glob(filepath.Join(dir, strings.ReplaceAll(test.file, "?", "\\?")) + "*")
			if err != nil || len(left) != 1 {
				t.Errorf("after Close there are %v, %v; want the database file alone", left, err)
			}
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	garbage := filepath.Join(dir, "garbage.db")
	if err := os.WriteFile(garbage, []byte(strings.Repeat("not a database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, url, want string }{
		{"nothing", "sqlite:", `names no file; write sqlite:shop.db`},
		{"memory", "sqlite::memory:", "in memory cannot be shared by a writer and readers; use a file in a temporary directory"},
		{"host", "sqlite://shop.db", "write sqlite:shop.db for a path from here, or sqlite:///shop.db"},
		{"option", "sqlite:a.db?cache=shared", `the option cache in "sqlite:a.db?cache=shared" is unknown; there are busy_timeout`},
		{"synchronous", "sqlite:a.db?synchronous=extra", `the option synchronous in "sqlite:a.db?synchronous=extra" is full, normal or off`},
		{"readers", "sqlite:a.db?readers=0", "is a number from 1"},
		{"duration", "sqlite:a.db?max_wait=5", "is a duration such as 500ms or 5s"},
		{"escape", "sqlite:100%.db", "write %25 for a percent sign"},
		{"no folder", "sqlite:" + dir + "/none/a.db", dir + "/none/a.db: there is no folder " + dir + "/none; create it first"},
		{"folder is a file", "sqlite:" + garbage + "/a.db", garbage + " is not a folder"},
		{"folder", "sqlite:" + dir, dir + " is a folder; name a file in it"},
		{"not a database", "sqlite:" + garbage, garbage + ": file is not a database"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := db.Open(t.Context(), test.url, db.Config{}, sqlite.Engine)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got  %v\nwant …%s…", err, test.want)
			}
			if err != nil && strings.Contains(err.Error(), "\n") {
				t.Errorf("more than one line: %v", err)
			}
		})
	}
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// count returns the number that a query gives.
func count(t testing.TB, d *db.DB, sql string, args ...any) (n int) {
	t.Helper()
	err := d.Read(context.Background(), func(ctx context.Context, r *db.Reader) error {
		return r.QueryRow(ctx, sql, args...).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestSettingsOfServers(t *testing.T) {
	t.Parallel()
	url := []string{"postgres://app:s3cret@host/shop"}
	for name, c := range map[string]db.Config{
		"Replicas": {Replicas: url}, "Pooler": {Pooler: "transaction"}, "Direct": {Direct: url[0]}, "Readers": {Readers: url[0]},
	} {
		_, err := db.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "shop.db"), c, sqlite.Engine)
		if err == nil || !strings.Contains(err.Error(), "db.Config."+name+" is for PostgreSQL") || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
