package migrate_test

import (
	"context"
	"strings"
	"testing"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
)

const withReferences = `-- +goose Up
CREATE TABLE parents (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE children (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL REFERENCES parents (id) ON DELETE CASCADE);
INSERT INTO parents VALUES (1, 'one'), (2, 'two');
INSERT INTO children VALUES (10, 1), (20, 2);
`

// rebuild makes a table anew, as SQLite needs it for most changes, with the rows
// that a condition names.
func rebuild(where string) string {
	return `-- +goose Up
CREATE TABLE new (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO new SELECT id, name FROM parents WHERE ` + where + `;
DROP TABLE parents;
ALTER TABLE new RENAME TO parents;
`
}

func children(t *testing.T, d *db.DB) (n int) {
	t.Helper()
	err := d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
		return r.QueryRow(ctx, "SELECT count(*) FROM children JOIN parents ON parents.id = parent").Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestRebuildingATableKeepsWhatRefersToIt would find no children left if
// foreign keys were on.
func TestRebuildingATableKeepsWhatRefersToIt(t *testing.T) {
	t.Parallel()
	d := dbtest.SQLite(t, nil)
	mustUp(t, newMigrator(t, d, files("1_tables.sql", withReferences, "2_rebuild.sql", rebuild("true"))))
	if n := children(t, d); n != 2 {
		t.Errorf("%d children are left", n)
	}
	err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
		_, err := s.Exec(ctx, "INSERT INTO children VALUES (30, 3)")
		return err
	})
	if db.ClassOf(err) != db.ForeignKey {
		t.Errorf("a child without a parent: %v", err)
	}
}

func TestAMigrationThatBreaksReferencesFails(t *testing.T) {
	t.Parallel()
	d := dbtest.SQLite(t, nil)
	m := newMigrator(t, d, files("1_tables.sql", withReferences, "2_rebuild.sql", rebuild("id < 2")))
	_, err := m.Up(t.Context())
	if err == nil || !strings.Contains(err.Error(), "sqlite/2_rebuild.sql failed: afterwards row 20 of the table children would refer to a row of parents that is not there") {
		t.Errorf("Up: %v", err)
	}
	if n := children(t, d); n != 2 {
		t.Errorf("the migration was not rolled back: %d children are left", n)
	}
}

// TestDownThatBreaksReferencesFails has a part that takes back too much.
func TestDownThatBreaksReferencesFails(t *testing.T) {
	t.Parallel()
	d := dbtest.SQLite(t, nil)
	m := newMigrator(t, d, files("1_tables.sql", withReferences+"-- +goose Down\nDROP TABLE parents;\n"))
	mustUp(t, m)
	_, err := m.Down(t.Context())
	if err == nil || !strings.Contains(err.Error(), "of the table children would refer to a row of parents") {
		t.Errorf("Down: %v", err)
	}
	if n := children(t, d); n != 2 {
		t.Errorf("Down was not rolled back: %d children are left", n)
	}
}
