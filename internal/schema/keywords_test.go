package schema_test

import (
	"context"
	"testing"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/internal/schema"
)

// Every word that a database takes for something else than a name is quoted.
func TestKeywordsAreQuoted(t *testing.T) {
	t.Parallel()
	words := []string{"plain"}
	err := dbtest.Postgres(t, nil).Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
		rows, err := r.Query(ctx, "SELECT word FROM pg_get_keywords()")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var w string
			if err := rows.Scan(&w); err != nil {
				return err
			}
			words = append(words, w)
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	words = append(words, "abort", "attach", "autoincrement", "detach", "escape", "exclude", "explain", "glob", "indexed", "isnull", "notnull", "pragma", "raise", "regexp", "reindex", "rename", "transaction", "vacuum", "virtual", "without")
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
			for _, w := range words {
				q := schema.Quote(w)
				err := s.Nested(ctx, func(ctx context.Context, s *db.Session) error {
					for _, sql := range []string{"CREATE TABLE " + q + " (id INTEGER, " + q + " INTEGER REFERENCES " + q + " (" + q + ") UNIQUE CHECK (" + q + " > 0))", "CREATE INDEX an_index ON " + q + " (" + q + " DESC)", "UPDATE " + q + " SET " + q + " = 1", "DROP TABLE " + q} {
						if _, err := s.Exec(ctx, sql); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					t.Errorf("%s: %v", w, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}
