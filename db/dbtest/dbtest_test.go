package dbtest_test

import (
	"context"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/migrate"
)

// notes returns migrations that make the table notes, with a first note.
func notes(first string) fstest.MapFS {
	f := &fstest.MapFile{Data: []byte("-- +goose Up\nCREATE TABLE notes (body TEXT);\nINSERT INTO notes VALUES ('" + first + "');\n")}
	return fstest.MapFS{"sqlite/1_notes.sql": f, "postgres/1_notes.sql": f}
}

// bodies returns the notes in a database.
func bodies(t *testing.T, d *db.DB) (found []string) {
	t.Helper()
	err := d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
		rows, err := r.Query(ctx, "SELECT body FROM notes ORDER BY body")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var body string
			if err := rows.Scan(&body); err != nil {
				return err
			}
			found = append(found, body)
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func write(t *testing.T, d *db.DB, body string) {
	t.Helper()
	err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
		_, err := s.Exec(ctx, "INSERT INTO notes VALUES ($1)", body)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// engines are the functions under test.
var engines = map[string]func(testing.TB, fs.FS, ...migrate.Source) *db.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres}

func TestDatabasesAreSeparate(t *testing.T) {
	t.Parallel()
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			one, two, other := open(t, notes("first")), open(t, notes("first")), open(t, notes("another"))
			write(t, one, "one's")
			for d, want := range map[*db.DB][]string{one: {"first", "one's"}, two: {"first"}, other: {"another"}} {
				if got := bodies(t, d); !cmp.Equal(got, want) {
					t.Errorf("there are %q, want %q", got, want)
				}
			}
		})
	}
}

// What the sources make is there before the migrations, and they are told apart
// by name.
func TestSources(t *testing.T) {
	t.Parallel()
	more := &fstest.MapFile{Data: []byte("-- +goose Up\nINSERT INTO notes VALUES ('second');\n")}
	migrations := fstest.MapFS{"sqlite/1_more.sql": more, "postgres/1_more.sql": more}
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := open(t, migrations, migrate.Source{Name: "notes", FS: notes("first")})
			if got, want := bodies(t, d), []string{"first", "second"}; !cmp.Equal(got, want) {
				t.Errorf("there are %q, want %q", got, want)
			}
		})
	}
}

func TestEach(t *testing.T) {
	t.Parallel()
	dbtest.PostgresURL(t, nil) // skips where there is no PostgreSQL
	var mu sync.Mutex
	ran := map[string]db.Dialect{}
	t.Run("each", func(t *testing.T) {
		dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
			if err := d.Ping(t.Context()); err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			ran[t.Name()] = d.Dialect()
		})
	})
	want := map[string]db.Dialect{"TestEach/each/sqlite": db.SQLite, "TestEach/each/postgres": db.Postgres}
	if diff := cmp.Diff(want, ran); diff != "" {
		t.Errorf("ran (-want +got):\n%s", diff)
	}
}

func TestATestsDatabaseIsRemoved(t *testing.T) {
	t.Parallel()
	var dir, name string
	t.Run("uses databases", func(t *testing.T) {
		u, err := url.Parse(dbtest.SQLiteURL(t, notes("first")))
		if err != nil {
			t.Fatal(err)
		}
		dir = filepath.Dir(u.Opaque + u.Path)
		if _, err := os.Stat(dir); err != nil {
			t.Fatal(err)
		}
		u, err = url.Parse(dbtest.PostgresURL(t, notes("first")))
		if err != nil {
			t.Fatal(err)
		}
		name = u.Path[1:]
		d := dbtest.Postgres(t, nil)
		if got := named(t, d, name); got != 1 {
			t.Fatalf("there are %d databases with the name %s", got, name)
		}
	})
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s is still there: %v", dir, err)
	}
	if got := named(t, dbtest.Postgres(t, nil), name); got != 0 {
		t.Errorf("the database %s is still there", name)
	}
}

// named returns how many databases of a server have names like a pattern.
func named(t *testing.T, d *db.DB, pattern string) (n int) {
	t.Helper()
	err := d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
		return r.QueryRow(ctx, "SELECT count(*) FROM pg_database WHERE datname LIKE $1", pattern).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
