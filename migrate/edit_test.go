package migrate_test

import (
	"io/fs"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/migrate"
)

// edits returns the files that count as edited.
func edits(t *testing.T, m *migrate.Migrator) (files []string) {
	t.Helper()
	states, err := m.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range states {
		if s.Edited {
			files = append(files, s.File)
		}
	}
	return files
}

func TestAnEditedFileIsFound(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		lib := migrate.Source{Name: "lib", FS: files("1_queue.sql", table("queue"))}
		mustUp(t, newMigrator(t, d, files("1_a.sql", table("a"), "2_b.sql", table("b")), lib))

		if got := edits(t, newMigrator(t, d, files("1_a.sql", table("x"), "2_b.sql", table("b")), lib)); len(got) != 1 {
			t.Errorf("after the first Up, edited are %v", got)
		}

		lib.FS = files("1_queue.sql", "-- +goose Up\nCREATE TABLE queue (id BIGINT);\n")
		harmless := "-- Why.\n-- +goose Up\nCREATE TABLE  a\n(id INTEGER PRIMARY KEY); -- what\n-- +goose Down\nDROP TABLE IF EXISTS a;\n"
		m := newMigrator(t, d, files("1_a.sql", harmless, "2_b.sql", table("b"), "3_c.sql", table("c")), lib)
		if got := edits(t, m); got != nil {
			t.Errorf("edited: %v", got)
		}
		mustUp(t, m)

		m = newMigrator(t, d, files("1_a.sql", table("a"), "2_b.sql", strings.Replace(table("b"), "(id", "(n INTEGER, id", 1), "3_c.sql", table("c"), "4_d.sql", table("d")), lib)
		file := string(d.Dialect()) + "/2_b.sql"
		if got := edits(t, m); !cmp.Equal(got, []string{file}) {
			t.Errorf("edited: %v", got)
		}
		if pending, err := m.Pending(t.Context()); len(pending) != 1 || err != nil {
			t.Errorf("pending: %v, %v", pending, err)
		}
		_, err := m.Up(t.Context())
		want := "migrate: edited after it was applied: " + file + ". The database has what it said before: undo the edit and write the change as a new migration. If the edit changes nothing about the tables, accept it: migrate accept " + file
		if err == nil || err.Error() != want || has(t, d, "d") {
			t.Errorf("Up: %v\nwant %s", err, want)
		}
		if _, err := m.PlanTo(t.Context(), "", 4); err == nil || err.Error() != want {
			t.Errorf("PlanTo: %v", err)
		}

		if f, err := m.Accept(t.Context(), "migrations/"+file); err != nil || f.File != file {
			t.Errorf("Accept: %v, %v", f, err)
		}
		if got := numbers(mustUp(t, m), applied); !cmp.Equal(got, []int64{4}) {
			t.Errorf("then Up applied %v", got)
		}
		// Taking a file back ends what is recorded of it.
		if _, err := m.Down(t.Context()); err != nil {
			t.Error(err)
		}
		mustUp(t, newMigrator(t, d, files("1_a.sql", table("a"), "2_b.sql", strings.Replace(table("b"), "(id", "(n INTEGER, id", 1), "3_c.sql", table("c"), "4_e.sql", table("e")), lib))
	})
}

func TestAcceptRefuses(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		m := newMigrator(t, d, files("1_a.sql", table("a")))
		dir := string(d.Dialect())
		for file, want := range map[string]string{
			"1_a.sql":          "migrate: " + dir + "/1_a.sql is not applied yet, so it may be edited freely",
			"2_b.sql":          "migrate: there is no migration 2_b.sql for this database: migrate status lists them",
			"a.sql":            "no migration a.sql",
			"elsewhere/1_a.sq": "no migration elsewhere/1_a.sq",
			"":                 "no migration",
		} {
			if _, err := m.Accept(t.Context(), file); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("Accept(%q): %v, want %s", file, err, want)
			}
		}
		if has(t, d, "terem_migrations") {
			t.Error("Accept made the table")
		}
	})
}

// gooses returns goose's own command over the same files and table.
func gooses(t *testing.T, d *db.DB, f fs.FS) *goose.Provider {
	t.Helper()
	pool, err := d.Migrator()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pool.Close() })
	kind := database.DialectPostgres
	if d.Dialect() == db.SQLite {
		kind = database.DialectSQLite3
	}
	dir, err := fs.Sub(f, string(d.Dialect()))
	if err != nil {
		t.Fatal(err)
	}
	p, err := goose.NewProvider(kind, pool, dir, goose.WithTableName("terem_migrations"), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestGooseReadsTheTable also goes on where goose has stopped.
func TestGooseReadsTheTable(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		f := files("1_a.sql", table("a"), "2_b.sql", table("b"), "3_c.sql", table("c"))
		mustUp(t, newMigrator(t, d, files("1_a.sql", table("a"))))
		g := gooses(t, d, f)
		status, err := g.Status(t.Context())
		if err != nil || len(status) != 3 || status[0].State != goose.StateApplied || status[1].State != goose.StatePending {
			t.Fatalf("goose's status: %v, %v", status, err)
		}
		if _, err := g.UpByOne(t.Context()); err != nil {
			t.Fatal(err)
		}
		m := newMigrator(t, d, f)
		if got := numbers(mustUp(t, m), applied); !cmp.Equal(got, []int64{3}) {
			t.Errorf("applied %v", got)
		}
		if _, err := g.Down(t.Context()); err != nil {
			t.Errorf("goose takes back: %v", err)
		}
		edited := newMigrator(t, d, files("1_a.sql", table("a"), "2_b.sql", table("x"), "3_c.sql", table("c")))
		if got := edits(t, edited); len(got) != 1 {
			t.Errorf("what goose applied was not marked by Up: edited are %v", got)
		}
	})
}

// TestATableWithoutChecksums is one that goose or an older program made.
func TestATableWithoutChecksums(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		f := files("1_a.sql", table("a"), "2_b.sql", table("b"))
		if _, err := gooses(t, d, f).Up(t.Context()); err != nil {
			t.Fatal(err)
		}
		other := newMigrator(t, d, files("1_a.sql", table("x"), "2_b.sql", table("b"), "3_c.sql", table("c")))
		if got := edits(t, other); got != nil {
			t.Errorf("without checksums, edited are %v", got)
		}
		var log strings.Builder
		m, err := migrate.New(d, f, migrate.Config{Logger: slog.New(slog.NewTextHandler(&log, nil))})
		if err != nil {
			t.Fatal(err)
		}
		if done := mustUp(t, m); done != nil || log.Len() > 0 {
			t.Errorf("Up applied %v and said %s", done, &log)
		}
		if got := edits(t, other); len(got) != 1 {
			t.Errorf("after Up, edited are %v", got)
		}
		if _, err := m.Down(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// TestDownBringsAnOldTableUpToDate has one that has no checksums yet.
func TestDownBringsAnOldTableUpToDate(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		f := files("1_a.sql", table("a"), "2_b.sql", table("b"))
		if _, err := gooses(t, d, f).Up(t.Context()); err != nil {
			t.Fatal(err)
		}
		m := newMigrator(t, d, f)
		if _, err := m.Down(t.Context()); err != nil {
			t.Error(err)
		}
		mustUp(t, m)
	})
}
