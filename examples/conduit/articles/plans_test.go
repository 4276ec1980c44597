package articles_test

import (
	"context"
	"crypto/rand"
	"regexp"
	"strings"
	"testing"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
)

// Lists have plans that go along indexes in the order of the list: nothing is sorted but
// what a feed has found, nobody reads a table or a list as a whole, and nothing that is
// read is thrown away but what another list does not have.
func TestPlans(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		jake := w.join("jake")
		jake.Post("/api/profiles/jake/follow", nil).Expect(200)
		jake.Post("/api/articles/"+publish(jake, "One", "t")+"/favorite", nil).Expect(200)
		whole, sorted := `SCAN (articles|article_\w+|favorites|follows|users)$`, "TEMP B-TREE"
		if w.db.Dialect() == db.Postgres {
			whole, sorted = `Seq Scan|Hash|Merge|Materialize|Filter: \(+[a-z]`, "Sort"
		}
		for _, path := range []string{
			"/articles?tag=t", "/articles?author=jake", "/articles?favorited=jake", "/articles?tag=t&author=jake", "/articles?author=jake&favorited=jake",
			"/articles?tag=t&favorited=jake", "/articles?tag=t&author=jake&favorited=jake", "/articles", "/articles/feed", "/articles/one", "/tags",
		} {
			for _, sql := range dbtest.Watch(w.db, func() { jake.Get("/api" + path).Expect(200) }).Statements {
				plan := explain(t, w.db, sql)
				bad := regexp.MustCompile(`(?m)` + whole).FindString(plan)
				if path == "/articles" && bad == "SCAN articles" { // in their order, as far as the page
					bad = ""
				}
				if bad == "" && path != "/articles/feed" {
					bad = regexp.MustCompile(sorted).FindString(plan)
				}
				if bad != "" {
					t.Errorf("%s: %s has the plan\n%s", path, sql, plan)
				}
			}
		}
	})
}

// explain returns how a database with many rows would run a statement, whatever its
// arguments are.
func explain(t *testing.T, d *db.DB, sql string) (plan string) {
	t.Helper()
	parameters := map[string]bool{}
	for _, p := range regexp.MustCompile(`\$\d+`).FindAllString(sql, -1) {
		parameters[p] = true
	}
	err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) (err error) {
		var line string
		var rows db.Rows
		dest := []any{&line}
		if d.Dialect() == db.SQLite {
			dest = []any{new(int), new(int), new(int), &line}
			rows, err = s.Query(ctx, "EXPLAIN QUERY PLAN "+sql, make([]any, len(parameters))...)
		} else {
			arguments := strings.TrimSuffix(strings.Repeat("NULL,", len(parameters)), ",")
			if arguments != "" {
				arguments = "(" + arguments + ")"
			}
			name := "asked_" + rand.Text()
			for _, before := range []string{"SET LOCAL plan_cache_mode = force_generic_plan", "SET LOCAL enable_seqscan = off", "SET LOCAL enable_bitmapscan = off", "PREPARE " + name + " AS " + sql} {
				if _, err := s.Exec(ctx, before); err != nil {
					return err
				}
			}
			rows, err = s.Query(ctx, "EXPLAIN EXECUTE "+name+arguments)
		}
		if err != nil {
			return err
		}
		defer rows.Close()
		for plan = ""; rows.Next(); plan += line + "\n" {
			if err := rows.Scan(dest...); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return plan
}
