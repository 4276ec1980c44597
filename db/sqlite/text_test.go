package sqlite_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/terem-go/terem/db"
)

func TestPlaceholders(t *testing.T) {
	t.Parallel()
	d := open(t, filepath.Join(t.TempDir(), "a.db"))
	tests := []struct {
		sql  string
		args []any
		want string
	}{
		{"SELECT $1 || $2", []any{"a", "b"}, "ab"},
		{"SELECT $2 || $1", []any{"a", "b"}, "ba"},
		{"SELECT $1 || $2 || $1", []any{"a", "b"}, "aba"},
		{"SELECT '$1' || $1", []any{"a"}, "$1a"},
		{"SELECT 'it''s $2' || $1", []any{"a"}, "it's $2a"},
		{"SELECT $1 AS \"$2\"", []any{"a"}, "a"},
		{"SELECT $1 AS [$2]", []any{"a"}, "a"},
		{"SELECT $1 AS `$2`", []any{"a"}, "a"},
		{"SELECT $1 -- $2", []any{"a"}, "a"},
		{"/* $2 */ SELECT /* $3 */ $1", []any{"a"}, "a"},
		{"SELECT $1 ; -- the end\n ;", []any{"a"}, "a"},
		{"SELECT ';' || $1", []any{"a"}, ";a"},
		{"SELECT concat($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)", []any{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, "1234567891011"},
		{"VALUES ('a')", nil, "a"},
	}
	for _, test := range tests {
		t.Run(test.sql, func(t *testing.T) {
			t.Parallel()
			err := d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
				for range 2 { // the second time it is prepared already
					var got string
					if err := r.QueryRow(ctx, test.sql, test.args...).Scan(&got); err != nil {
						return err
					}
					if got != test.want {
						t.Errorf("got %q, want %q", got, test.want)
					}
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

func TestStatementsRefused(t *testing.T) {
	t.Parallel()
	d := open(t, filepath.Join(t.TempDir(), "a.db"))
	tests := []struct {
		sql  string
		args []any
		want string
	}{
		{"", nil, "the statement is empty"},
		{" -- nothing\n;", nil, "the statement is empty"},
		{"SELECT 1; SELECT 2", nil, "one statement at a time"},
		{"SELECT $0", []any{1}, "placeholders go from $1 to $32766, not $0"},
		{"SELECT $32767", []any{1}, "placeholders go from $1 to $32766, not $32767"},
		{"SELECT $1x", []any{1}, "placeholders go from $1 to $32766, not $1x"},
		{"SELECT $1, $3", []any{1, 2, 3}, "the statement has $3 but no $2"},
		{"SELECT $2", []any{1, 2}, "the statement has $2 but no $1"},
		{"SELECT $1, ?", []any{1, 2}, "the statement mixes $1 with ?"},
		{"SELECT ?", []any{1}, "the placeholder ? is not known here; write $1, $2 …"},
		{"SELECT :id", []any{1}, "the placeholder :id is not known here"},
		{"SELECT $id", []any{1}, "the placeholder $id is not known here"},
		{"SELECT $1", nil, "wrong number of arguments: got 0, the statement takes 1"},
		{"SELECT $1", []any{1, 2}, "wrong number of arguments: got 2, the statement takes 1"},
		{"SELECT 1", []any{1}, "wrong number of arguments: got 1, the statement takes 0"},
		{"SELECT missing", nil, "no such column: missing"},
		{`SELECT "missing"`, nil, "no such column: \"missing\""},
	}
	for _, test := range tests {
		t.Run(test.sql, func(t *testing.T) {
			t.Parallel()
			err := d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
				return r.QueryRow(ctx, test.sql, test.args...).Scan(new(any))
			})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got  %v\nwant …%s…", err, test.want)
			}
		})
	}
}

func TestRowsChanged(t *testing.T) {
	t.Parallel()
	d := open(t, filepath.Join(t.TempDir(), "a.db"))
	do(t, d, "CREATE TABLE t (id INTEGER)")
	tests := []struct {
		sql  string
		want int64
	}{
		{"INSERT INTO t VALUES (1), (2), (3)", 3},
		{"SAVEPOINT a", 0},
		{"UPDATE t SET id = id + 1 WHERE id > 1", 2},
		{"SELECT * FROM t", 0},
		{"WITH a AS (SELECT 1 AS id) SELECT * FROM a", 0},
		{"WITH RECURSIVE a (id) AS NOT MATERIALIZED (VALUES (1)) DELETE FROM t WHERE id IN (SELECT id FROM a)", 1},
		{"CREATE TRIGGER tr AFTER INSERT ON t BEGIN SELECT 1; SELECT 2; END;", 0},
		{"EXPLAIN DELETE FROM t", 0},
		{"REPLACE INTO t VALUES (1) RETURNING id", 1},
		{"DELETE FROM t", 3},
		{"DROP TABLE t", 0},
	}
	err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
		for _, test := range tests {
			n, err := s.Exec(ctx, test.sql)
			if err != nil {
				return fmt.Errorf("%s: %w", test.sql, err)
			}
			if n != test.want {
				t.Errorf("%s: %d rows changed, want %d", test.sql, n, test.want)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// More texts than a connection keeps prepared, each of them twice.
func TestManyTexts(t *testing.T) {
	t.Parallel()
	d := open(t, filepath.Join(t.TempDir(), "a.db")+"?readers=1")
	for i := range 1200 {
		if n := count(t, d, fmt.Sprintf("SELECT %d + $1", i%600), 1); n != i%600+1 {
			t.Fatalf("text %d gave %d", i%600, n)
		}
	}
}

// Prepared statements go on working after they failed, and after another
// connection changed the tables.
func TestStatementsAreUsedAgain(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	d := open(t, path+"?readers=1")
	do(t, d, "CREATE TABLE t (id INTEGER UNIQUE)", "INSERT INTO t VALUES (1)")
	insert := func(id any) error {
		return d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
			_, err := s.Exec(ctx, "INSERT INTO t (id) VALUES ($1)", id)
			return err
		})
	}
	columns := func() (names []string) {
		err := d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
			rows, err := r.Query(ctx, "SELECT * FROM t WHERE id = $1", 1)
			if err == nil {
				names = rows.Columns()
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
		return names
	}
	if err := insert(1); db.ClassOf(err) != db.Unique {
		t.Errorf("an id twice: %v", err)
	}
	if err := insert(2); err != nil {
		t.Error(err)
	}
	if got := columns(); len(got) != 1 {
		t.Errorf("columns %v", got)
	}

	do(t, open(t, path), "ALTER TABLE t ADD COLUMN name TEXT NOT NULL DEFAULT 'x'", "CREATE INDEX i ON t (name)")
	if got := columns(); len(got) != 2 {
		t.Errorf("columns %v after another connection added one", got)
	}
	if err := insert(3); err != nil {
		t.Error(err)
	}
}
