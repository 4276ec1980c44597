package migrate_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/db/postgres"
	"github.com/terem-go/terem/migrate"
)

// files returns migrations that are the same for both dialects, from names and
// texts in turn.
func files(namesAndTexts ...string) fstest.MapFS {
	m := fstest.MapFS{}
	for i := 0; i < len(namesAndTexts); i += 2 {
		f := &fstest.MapFile{Data: []byte(namesAndTexts[i+1])}
		m["sqlite/"+namesAndTexts[i]], m["postgres/"+namesAndTexts[i]] = f, f
	}
	return m
}

// table returns a migration that makes a table and drops it.
func table(name string) string {
	return "-- +goose Up\nCREATE TABLE " + name + " (id INTEGER PRIMARY KEY);\n-- +goose Down\nDROP TABLE " + name + ";\n"
}

func newMigrator(t *testing.T, d *db.DB, f fstest.MapFS, sources ...migrate.Source) *migrate.Migrator {
	t.Helper()
	m, err := migrate.New(d, f, migrate.Config{Logger: slog.New(slog.NewTextHandler(t.Output(), nil)), Sources: sources})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func mustUp(t *testing.T, m *migrate.Migrator) []migrate.Applied {
	t.Helper()
	applied, err := m.Up(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return applied
}

// numbers returns the numbers of migrations of any type.
func numbers[T any](list []T, of func(T) migrate.Migration) (n []int64) {
	for _, m := range list {
		n = append(n, of(m).Number)
	}
	return n
}

func applied(a migrate.Applied) migrate.Migration { return a.Migration }
func state(s migrate.State) migrate.Migration     { return s.Migration }
func same(m migrate.Migration) migrate.Migration  { return m }

// has reports whether the database has a table.
func has(t *testing.T, d *db.DB, table string) bool {
	t.Helper()
	query := "SELECT count(*) FROM sqlite_master WHERE name = $1"
	if d.Dialect() == db.Postgres {
		query = "SELECT count(*) FROM pg_class WHERE relname = $1"
	}
	var n int
	err := d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
		return r.QueryRow(ctx, query, table).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n > 0
}

func TestUpAndDown(t *testing.T) {
	t.Parallel()
	// By name, 10 would come before 9.
	f := files("8_a.sql", table("a"), "10_c.sql", table("c"), "9_b.sql", table("b"))
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		m := newMigrator(t, d, f)
		pending, err := m.Pending(t.Context())
		if got := numbers(pending, same); err != nil || !cmp.Equal(got, []int64{8, 9, 10}) {
			t.Fatalf("pending before: %v, %v", got, err)
		}
		if has(t, d, "terem_migrations") {
			t.Error("Pending made the version table")
		}

		done := mustUp(t, m)
		if got := numbers(done, applied); !cmp.Equal(got, []int64{8, 9, 10}) {
			t.Fatalf("applied %v", got)
		}
		if done[0].File != string(d.Dialect())+"/8_a.sql" || done[0].Took <= 0 {
			t.Errorf("the first is %+v", done[0])
		}
		if !has(t, d, "c") || !has(t, d, "terem_migrations") {
			t.Error("a table is missing")
		}
		if done := mustUp(t, m); done != nil {
			t.Errorf("the second Up applied %v", done)
		}

		states, err := m.Status(t.Context())
		if err != nil || len(states) != 3 {
			t.Fatalf("status: %v, %v", states, err)
		}
		for _, s := range states {
			if age := time.Since(s.AppliedAt); s.Pending() || age < -time.Minute || age > time.Minute {
				t.Errorf("%s was applied %s ago", s.File, age)
			}
		}

		last, err := m.Down(t.Context())
		if err != nil || last.Number != 10 || has(t, d, "c") || !has(t, d, "b") {
			t.Errorf("Down took back %+v, %v", last, err)
		}
		pending, err = m.Pending(t.Context())
		if got := numbers(pending, same); err != nil || !cmp.Equal(got, []int64{10}) {
			t.Errorf("pending after Down: %v, %v", got, err)
		}
		if got := numbers(mustUp(t, m), applied); !cmp.Equal(got, []int64{10}) {
			t.Errorf("applied after Down: %v", got)
		}
	})
}

func TestDownRefuses(t *testing.T) {
	t.Parallel()
	noDown := "-- +goose Up\nCREATE TABLE b (id INTEGER);\n"
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		m := newMigrator(t, d, files("1_a.sql", table("a"), "2_b.sql", noDown))
		down := func(m *migrate.Migrator, want string) {
			t.Helper()
			if _, err := m.Down(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("Down: %v, want %q", err, want)
			}
		}
		down(m, "no migration is applied")
		mustUp(t, m)
		down(m, `2_b.sql cannot be taken back: it has no line "-- +goose Down"`)
		down(newMigrator(t, d, files("1_a.sql", table("a"))), "number 2 cannot be taken back by this program")
		if !has(t, d, "b") {
			t.Error("a refused Down changed something")
		}
	})
}

func TestADatabaseThatIsAheadIsNoError(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		mustUp(t, newMigrator(t, d, files("1_a.sql", table("a"), "2_b.sql", table("b"))))

		var log strings.Builder
		older, err := migrate.New(d, files("1_a.sql", table("a")), migrate.Config{Logger: slog.New(slog.NewTextHandler(&log, nil))})
		if err != nil {
			t.Fatal(err)
		}
		if done := mustUp(t, older); done != nil {
			t.Errorf("applied %v", done)
		}
		if !strings.Contains(log.String(), "level=WARN") || !strings.Contains(log.String(), "number=2") {
			t.Errorf("log: %s", &log)
		}
		if pending, err := older.Pending(t.Context()); pending != nil || err != nil {
			t.Errorf("pending: %v, %v", pending, err)
		}
		got, err := older.Status(t.Context())
		want := []migrate.State{
			{Migration: migrate.Migration{Number: 1, File: string(d.Dialect()) + "/1_a.sql"}},
			{Migration: migrate.Migration{Number: 2}},
		}
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(migrate.State{}, "AppliedAt")); diff != "" || err != nil {
			t.Errorf("status (-want +got), %v:\n%s", err, diff)
		}
	})
}

func TestALowerNumberThanTheLastAppliedIsRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		mustUp(t, newMigrator(t, d, files("1_a.sql", table("a"), "3_c.sql", table("c"))))
		m := newMigrator(t, d, files("1_a.sql", table("a"), "2_b.sql", table("b"), "3_c.sql", table("c"), "4_d.sql", table("d")))
		done, err := m.Up(t.Context())
		if err == nil || !strings.Contains(err.Error(), "2_b.sql is not applied, but number 3 is") || done != nil || has(t, d, "d") {
			t.Errorf("applied %v, %v", done, err)
		}
	})
}

func TestFurtherSourcesComeFirstAndCountAlone(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		lib := migrate.Source{Name: "lib", FS: files("1_queue.sql", table("queue"), "2_dead.sql", table("dead"))}
		m := newMigrator(t, d, files("1_a.sql", table("a")), lib)
		dir := string(d.Dialect())
		want := []migrate.Migration{
			{Source: "lib", Number: 1, File: dir + "/1_queue.sql"},
			{Source: "lib", Number: 2, File: dir + "/2_dead.sql"},
			{Number: 1, File: dir + "/1_a.sql"},
		}
		if got, err := m.Pending(t.Context()); !cmp.Equal(got, want) || err != nil {
			t.Errorf("pending: %v, %v", got, err)
		}
		if got := numbers(mustUp(t, m), applied); !cmp.Equal(got, []int64{1, 2, 1}) {
			t.Errorf("applied %v", got)
		}
		states, err := m.Status(t.Context())
		if got := numbers(states, state); !cmp.Equal(got, []int64{1, 2, 1}) || err != nil {
			t.Errorf("status %v, %v", got, err)
		}
		if !has(t, d, "terem_migrations_lib") {
			t.Error("the source has no table of its own")
		}
		if last, err := m.Down(t.Context()); err != nil || last.Source != "" {
			t.Errorf("Down took back %+v, %v", last, err)
		}
		if _, err := m.Down(t.Context()); err == nil || !has(t, d, "dead") {
			t.Errorf("Down reached the library's migrations: %v", err)
		}

		lib.FS = files("1_queue.sql", table("queue"), "2_dead.sql", table("dead"), "3_more.sql", table("queue"))
		_, err = newMigrator(t, d, files("1_a.sql", table("a")), lib).Up(t.Context())
		if err == nil || !strings.Contains(err.Error(), "migrate: lib: "+dir+"/3_more.sql failed") || has(t, d, "a") {
			t.Errorf("a source that fails: %v", err)
		}
	})
}

func TestOneLineInTheLogForEachFile(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	d := dbtest.SQLite(t, nil)
	m, err := migrate.New(d, files("1_a.sql", table("a"), "2_b.sql", table("b")), migrate.Config{
		Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatal(err)
	}
	mustUp(t, m)
	if _, err := m.Down(t.Context()); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	want := []string{`"migration applied" file=sqlite/1_a.sql took=`, `"migration applied" file=sqlite/2_b.sql took=`, `"migration taken back" file=sqlite/2_b.sql took=`}
	if len(lines) != len(want) {
		t.Fatalf("log:\n%s", &log)
	}
	for i, line := range lines {
		if !strings.Contains(line, want[i]) {
			t.Errorf("line %d: %s", i, line)
		}
	}
}

// TestTheZoneOfTheSessionDoesNotMatter has a database URL that sets one.
func TestTheZoneOfTheSessionDoesNotMatter(t *testing.T) {
	t.Parallel()
	d, err := db.Open(t.Context(), dbtest.PostgresURL(t, nil)+"&timezone=Asia/Kolkata", db.Config{}, postgres.Engine)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close(t.Context())
	m := newMigrator(t, d, files("1_a.sql", table("a")))
	mustUp(t, m)
	states, err := m.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if age := time.Since(states[0].AppliedAt); age < -time.Minute || age > time.Minute {
		t.Errorf("applied %s ago", age)
	}
}
