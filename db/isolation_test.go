package db_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
)

// levels are the columns of the page: who looks on or, where nobody does, who
// writes.
var levels = map[string]struct {
	engine string
	reader bool
	opts   []db.Option
}{
	"SQLite session":               {"sqlite", false, nil},
	"SQLite `db.Serializable`":     {"sqlite", false, []db.Option{db.Serializable}},
	"SQLite reader":                {"sqlite", true, nil},
	"SQLite `db.Snapshot`":         {"sqlite", true, []db.Option{db.Snapshot}},
	"PostgreSQL session":           {"postgres", false, nil},
	"PostgreSQL `db.Serializable`": {"postgres", false, []db.Option{db.Serializable}},
	"PostgreSQL reader":            {"postgres", true, nil},
	"PostgreSQL `db.Snapshot`":     {"postgres", true, []db.Option{db.Snapshot}},
}

const isolationPage = "../docs/guides/isolation.md"

// TestIsolation runs the histories of Hermitage on both engines at every level,
// and compares what becomes possible with the table of the page that tells users
// of it.
func TestIsolation(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(isolationPage)
	if err != nil {
		t.Fatal(err)
	}
	table := cells(string(page))
	if len(table) != len(anomalies) {
		t.Errorf("%s has %d rows, and there are %d anomalies", isolationPage, len(table), len(anomalies))
	}
	for level, l := range levels {
		t.Run(strings.ReplaceAll(level, "`", ""), func(t *testing.T) {
			t.Parallel()
			var url string
			switch l.engine {
			case "sqlite":
				url = dbtest.SQLiteURL(t, nil) + "&busy_timeout=100ms"
			case "postgres":
				url = dbtest.PostgresURL(t, nil) + "&deadlock_timeout=50ms"
			}
			d, other := dbtest.Open(t, url), dbtest.Open(t, url)
			for name, a := range anomalies {
				want := table[name][level]
				if l.reader && a.writers {
					if want != "—" {
						t.Errorf("%s: the page says %q where there is nothing to read", name, want)
					}
					continue
				}
				fill(t, d)
				h := &history{t: t, d: d, units: map[string]*actor{}}
				writers := l.opts
				if l.reader {
					writers = nil
				}
				h.open(d, "a", false, writers...)
				h.open(d, "b", false, writers...)
				h.open(other, "process", false, writers...)
				h.open(d, "look", l.reader, l.opts...)
				got := map[bool]string{true: "possible", false: "prevented"}[a.run(h)]
				h.end("a", "b", "look", "process")
				for unit, u := range h.units {
					if c := db.ClassOf(u.err); u.err != nil && c != db.Contended && c != db.TimedOut && !errors.Is(u.err, errAbort) {
						t.Errorf("%s: %s: %v", name, unit, u.err)
					}
				}
				if got != want {
					t.Errorf("%s is %s, and %s says %q", name, got, isolationPage, want)
				}
			}
		})
	}
}

// cells returns what the page's table says, by anomaly and level.
func cells(page string) map[string]map[string]string {
	all := map[string]map[string]string{}
	var head []string
	for line := range strings.Lines(page) {
		row := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range row {
			row[i] = strings.TrimSpace(row[i])
		}
		switch {
		case len(row) <= len(levels), strings.HasPrefix(row[0], "-"):
		case head == nil:
			head = row
		default:
			name, _, _ := strings.Cut(row[0], ":")
			all[name] = map[string]string{}
			for i := range row[1:] {
				all[name][head[i+1]] = row[i+1]
			}
		}
	}
	return all
}

// fill begins with the values 10 and 20.
func fill(t *testing.T, d *db.DB) {
	t.Helper()
	err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
		for _, sql := range []string{"DROP TABLE IF EXISTS test", "CREATE TABLE test (id INTEGER PRIMARY KEY, value INTEGER)",
			"INSERT INTO test VALUES (1, 10), (2, 20)"} {
			if _, err := s.Exec(ctx, sql); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// all returns the values that are there, in the order of their ids.
func all(h *history) string {
	var found []string
	err := h.d.Read(h.t.Context(), func(ctx context.Context, r *db.Reader) error {
		found = nil
		rows, err := r.Query(ctx, values)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var v int
			if err := rows.Scan(&v); err != nil {
				return err
			}
			found = append(found, fmt.Sprint(v))
		}
		return rows.Err()
	})
	if err != nil {
		h.t.Error(err)
	}
	return strings.Join(found, " ")
}

const values = "SELECT value FROM test ORDER BY id"

func value(id int) string { return fmt.Sprintf("SELECT value FROM test WHERE id = %d", id) }

func set(id, v int) string { return fmt.Sprintf("UPDATE test SET value = %d WHERE id = %d", v, id) }
