package migrate_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/migrate"
)

func step(s migrate.Step) migrate.Migration { return s.Migration }

func TestPlansChangeNothing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		dir := string(d.Dialect())
		lib := migrate.Source{Name: "lib", FS: files("1_queue.sql", table("queue"))}
		m := newMigrator(t, d, files("1_a.sql", "-- +goose NO TRANSACTION\n"+table("a"), "2_b.sql", table("b")), lib)
		p, err := m.PlanUp(t.Context())
		want := []migrate.Step{
			{Migration: migrate.Migration{Source: "lib", Number: 1, File: dir + "/1_queue.sql"}, Statements: []string{"CREATE TABLE queue (id INTEGER PRIMARY KEY);"}},
			{Migration: migrate.Migration{Number: 1, File: dir + "/1_a.sql"}, NoTransaction: true, Statements: []string{"CREATE TABLE a (id INTEGER PRIMARY KEY);"}},
			{Migration: migrate.Migration{Number: 2, File: dir + "/2_b.sql"}, Statements: []string{"CREATE TABLE b (id INTEGER PRIMARY KEY);"}},
		}
		if diff := cmp.Diff(want, p.Steps); diff != "" || err != nil {
			t.Errorf("up: %v (-want +got):\n%s", err, diff)
		}
		if p, err := m.PlanTo(t.Context(), "", 1); err != nil || !cmp.Equal(p.Steps, want[:2]) {
			t.Errorf("to 1: %v, %v", p, err)
		}
		if has(t, d, "terem_migrations") || has(t, d, "terem_migrations_lib") {
			t.Fatal("a plan made a table")
		}

		mustUp(t, m)
		p, err = m.PlanDown(t.Context(), "lib")
		want = []migrate.Step{{Migration: migrate.Migration{Source: "lib", Number: 1, File: dir + "/1_queue.sql"}, Down: true, Statements: []string{"DROP TABLE queue;"}}}
		if diff := cmp.Diff(want, p.Steps); diff != "" || err != nil {
			t.Errorf("down of lib: %v (-want +got):\n%s", err, diff)
		}
		p, err = m.PlanTo(t.Context(), "", 0)
		if got := numbers(p.Steps, step); err != nil || !cmp.Equal(got, []int64{2, 1}) {
			t.Errorf("to 0: %v, %v", got, err)
		}
		if !has(t, d, "queue") || !has(t, d, "b") {
			t.Error("a plan took something back")
		}
	})
}

func TestTo(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		lib := migrate.Source{Name: "lib", FS: files("1_queue.sql", table("queue"), "2_dead.sql", table("dead"))}
		m := newMigrator(t, d, files("1_a.sql", table("a"), "2_b.sql", table("b"), "5_e.sql", table("e")), lib)
		for _, c := range []struct {
			source string
			to     int64
			want   []int64 // of what was done
			tables string  // that are there afterwards
		}{
			{"", 2, []int64{1, 2, 1, 2}, "queue dead a b"},
			{"", 2, nil, "queue dead a b"},
			{"", 5, []int64{5}, "queue dead a b e"},
			{"", 1, []int64{5, 2}, "queue dead a"},
			{"lib", 1, []int64{2}, "queue a"},
			{"lib", 2, []int64{2}, "queue dead a"},
			{"lib", 0, []int64{2, 1}, "a"},
			{"", 0, []int64{1}, ""},
			{"lib", 1, []int64{1}, "queue"},
		} {
			p, err := m.PlanTo(t.Context(), c.source, c.to)
			if err != nil {
				t.Fatalf("to %d of %q: %v", c.to, c.source, err)
			}
			done, err := m.Run(t.Context(), p)
			if got := numbers(done, applied); err != nil || !cmp.Equal(got, c.want) {
				t.Errorf("to %d of %q did %v, %v; want %v", c.to, c.source, got, err, c.want)
			}
			for _, table := range strings.Fields("queue dead a b e") {
				if want := strings.Contains(" "+c.tables+" ", " "+table+" "); has(t, d, table) != want {
					t.Errorf("after to %d of %q, that there is %s is %v", c.to, c.source, table, !want)
				}
			}
		}
	})
}

func TestToRefuses(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		lib := migrate.Source{Name: "lib", FS: files("1_queue.sql", table("queue"))}
		mustUp(t, newMigrator(t, d, files("1_a.sql", table("a"), "3_c.sql", "-- +goose Up\nCREATE TABLE c (id INTEGER);\n", "4_d.sql", table("d"))))
		m := newMigrator(t, d, files("1_a.sql", table("a"), "2_b.sql", table("b"), "3_c.sql", "-- +goose Up\nCREATE TABLE c (id INTEGER);\n"), lib)
		for _, c := range []struct {
			source string
			to     int64
			want   string
		}{
			{"", 7, "there is no migration with the number 7: they go from 1 to 3, and 0 takes all back"},
			{"", -1, "there is no migration with the number -1"},
			{"jobs", 1, `there is no source "jobs": there are lib`},
			{"", 2, "2_b.sql is not applied, but number 3 is"},
			{"", 1, "number 4 cannot be taken back by this program"},
		} {
			if _, err := m.PlanTo(t.Context(), c.source, c.to); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("to %d of %q: %v, want %s", c.to, c.source, err, c.want)
			}
		}
		whole := newMigrator(t, d, files("1_a.sql", table("a"), "3_c.sql", "-- +goose Up\nCREATE TABLE c (id INTEGER);\n", "4_d.sql", table("d")))
		if _, err := whole.PlanTo(t.Context(), "", 1); err == nil || !strings.Contains(err.Error(), "3_c.sql cannot be taken back") || !has(t, d, "d") {
			t.Errorf("over a file without Down: %v", err)
		}
		if _, err := whole.PlanDown(t.Context(), "lib"); err == nil || !strings.Contains(err.Error(), `there is no source "lib": all migrations are the application's own`) {
			t.Errorf("down: %v", err)
		}
	})
}
