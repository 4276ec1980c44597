package migrate_test

import (
	"context"
	"strings"
	"testing"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/migrate"
)

const withTrigger = withReferences + `
CREATE TABLE log (entry TEXT);
CREATE UNIQUE INDEX parents_name_lower ON parents (lower(name));
-- +goose StatementBegin
CREATE TRIGGER parents_renamed AFTER UPDATE OF name ON parents BEGIN
	INSERT INTO log VALUES (old.name || ' is ' || new.name);
END;
-- +goose StatementEnd
`

// entries changes a row and returns what the trigger wrote.
func entries(t *testing.T, d *db.DB) (n int) {
	t.Helper()
	err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
		if _, err := s.Exec(ctx, "UPDATE parents SET name = 'first' WHERE id = 1"); err != nil {
			return err
		}
		return s.QueryRow(ctx, "SELECT count(*) FROM log WHERE entry = 'one is first'").Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// SQLite drops indexes and triggers with the old table.
func TestRebuildingATableKeepsItsIndexesAndTriggers(t *testing.T) {
	t.Parallel()
	d := dbtest.SQLite(t, nil)
	mustUp(t, newMigrator(t, d, files("1_tables.sql", withTrigger, "2_rebuild.sql", rebuild("true"))))
	if n := entries(t, d); n != 1 {
		t.Errorf("the trigger wrote %d entries", n)
	}
	err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
		_, err := s.Exec(ctx, "INSERT INTO parents VALUES (3, 'FIRST')")
		return err
	})
	if db.ClassOf(err) != db.Unique {
		t.Errorf("a second row of the same name: %v", err)
	}
}

func TestWhatAFileDropsByNameIsGone(t *testing.T) {
	t.Parallel()
	d := dbtest.SQLite(t, nil)
	drop := strings.Replace(rebuild("true"), "Up\n", "Up\nDROP INDEX IF EXISTS main.\"parents_name_lower\";\ndrop trigger parents_renamed;\n", 1)
	mustUp(t, newMigrator(t, d, files("1_tables.sql", withTrigger, "2_rebuild.sql", drop)))
	if n := entries(t, d); n != 0 {
		t.Errorf("the trigger wrote %d entries", n)
	}
	err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
		_, err := s.Exec(ctx, "INSERT INTO parents VALUES (3, 'FIRST')")
		return err
	})
	if err != nil {
		t.Errorf("a second row of the same name: %v", err)
	}
}

func TestATriggerThatDoesNotFitTheNewTableFailsTheFile(t *testing.T) {
	t.Parallel()
	d := dbtest.SQLite(t, nil)
	m := newMigrator(t, d, files("1_tables.sql", strings.Replace(withTrigger, "CREATE UNIQUE INDEX parents_name_lower ON parents (lower(name));", "", 1),
		"2_rebuild.sql", strings.NewReplacer("name TEXT NOT NULL", "title TEXT NOT NULL").Replace(rebuild("true"))))
	_, err := m.Up(t.Context())
	want := "the trigger parents_renamed went with the old table parents and does not fit the new one"
	if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "let the file say DROP TRIGGER parents_renamed") {
		t.Errorf("Up: %v", err)
	}
	if n := entries(t, d); n != 1 {
		t.Errorf("the file was not rolled back: the trigger wrote %d entries", n)
	}
}

// What others have written is complete: an index that they leave out is gone.
func TestTheFilesOfASourceAreRunAsTheyAre(t *testing.T) {
	t.Parallel()
	d := dbtest.SQLite(t, nil)
	m, err := migrate.New(d, files("1_own.sql", "-- +goose Up\n"), migrate.Config{Sources: []migrate.Source{
		{Name: "others", FS: files("1_tables.sql", withTrigger, "2_rebuild.sql", rebuild("true"))},
	}})
	if err != nil {
		t.Fatal(err)
	}
	mustUp(t, m)
	if n := entries(t, d); n != 0 {
		t.Errorf("the trigger wrote %d entries", n)
	}
}

// A statement may stand behind another one that goose sends with it.
func TestWhatAFileDropsByNameTogetherIsGone(t *testing.T) {
	t.Parallel()
	for name, drop := range map[string]string{
		"a line":  "DROP INDEX parents_name_lower; DROP TRIGGER parents_renamed;\n",
		"a block": "-- +goose StatementBegin\nDROP INDEX parents_name_lower;\n-- and\nDROP TRIGGER parents_renamed;\n-- +goose StatementEnd\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := dbtest.SQLite(t, nil)
			mustUp(t, newMigrator(t, d, files("1_tables.sql", withTrigger, "2_drop.sql", "-- +goose Up\n"+drop)))
			if n := entries(t, d); n != 0 {
				t.Errorf("the trigger is there again, and wrote %d entries", n)
			}
		})
	}
}
