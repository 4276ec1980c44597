package sqlite_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/terem-go/terem/db"
)

// A full disk is told as such, not tried again, and over once there is room.
func TestFull(t *testing.T) {
	t.Parallel()
	d, _ := counter(t, "")
	do(t, d, "CREATE TABLE big (data BLOB)", "PRAGMA max_page_count = 20")
	attempts := 0
	fill := func(ctx context.Context, s *db.Session) error {
		attempts++
		if _, err := s.Exec(ctx, "INSERT INTO t (who) VALUES (1)"); err != nil {
			return err
		}
		return s.Nested(ctx, func(ctx context.Context, s *db.Session) error {
			_, err := s.Exec(ctx, "INSERT INTO big VALUES (zeroblob(1000000))")
			return err
		})
	}
	if err := d.Do(t.Context(), fill); db.ClassOf(err) != db.Full || attempts != 1 {
		t.Errorf("after %d attempts: %v", attempts, err)
	}
	if n := count(t, d, "SELECT count(*) FROM t"); n != 0 {
		t.Errorf("%d rows stayed", n)
	}
	do(t, d, "PRAGMA max_page_count = 100000")
	if err := d.Do(t.Context(), fill); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

// So is a file that cannot be written to any more. Readers go on.
func TestReadOnly(t *testing.T) {
	t.Parallel()
	d, _ := counter(t, "")
	do(t, d, "PRAGMA query_only = ON")
	if err := insert(t.Context(), d, 1); db.ClassOf(err) != db.Full {
		t.Errorf("writing: %v", err)
	}
	if n := count(t, d, "SELECT count(*) FROM t"); n != 0 {
		t.Errorf("%d rows", n)
	}
}

// If the file is removed or replaced, what is written would be lost.
func TestFileIsReplaced(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(path string) error{
		"removed": os.Remove,
		"replaced": func(path string) error {
			other := path + ".new"
			if err := os.WriteFile(other, nil, 0o600); err != nil {
				return err
			}
			return os.Rename(other, path)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, path := counter(t, "")
			if err := insert(t.Context(), d, 1); err != nil {
				t.Fatal(err)
			}
			if err := change(path); err != nil {
				t.Fatal(err)
			}
			const want = "was removed or replaced while it was in use: nothing more is written to it; restart the server"
			if err := d.Ping(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("Ping: %v", err)
			}
			var err error
			for deadline := time.Now().Add(5 * time.Second); err == nil && time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
				err = insert(t.Context(), d, 1)
			}
			if db.ClassOf(err) != db.Full || !strings.Contains(err.Error(), path+" "+want) {
				t.Errorf("writing: %v", err)
			}
			err = d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
				return r.QueryRow(ctx, "SELECT 1").Scan(new(int))
			})
			if db.ClassOf(err) != db.Unreachable {
				t.Errorf("a new reader: %v", err)
			}
			if replaced, err := os.ReadFile(path); err == nil && len(replaced) > 0 {
				t.Error("the file that came in its place was written to")
			}
		})
	}
}

// With full-text search on triggers, the virtual table is written by the schema.
func TestFullTextSearch(t *testing.T) {
	t.Parallel()
	d := open(t, filepath.Join(t.TempDir(), "a.db"))
	do(t, d, "CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT)",
		"CREATE VIRTUAL TABLE notes_fts USING fts5 (body, content = 'notes', content_rowid = 'id')",
		"CREATE TRIGGER notes_ai AFTER INSERT ON notes BEGIN INSERT INTO notes_fts (rowid, body) VALUES (NEW.id, NEW.body); END",
		"CREATE VIRTUAL TABLE places USING rtree (id, min_x, max_x)",
		"INSERT INTO places VALUES (1, 0, 5)",
		"INSERT INTO notes (body) VALUES ('the quick brown fox')")
	if n := count(t, d, "SELECT count(*) FROM notes_fts WHERE notes_fts MATCH $1", "quick"); n != 1 {
		t.Errorf("%d notes found", n)
	}
	if n := count(t, d, "SELECT count(*) FROM places WHERE min_x <= $1 AND max_x >= $1", 3); n != 1 {
		t.Errorf("%d places found", n)
	}
}
