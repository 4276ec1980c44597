package db_test

import (
	"context"
	"errors"
	"testing"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
)

// On SQLite a session knows the number of the row that it has inserted; elsewhere
// it says that it does not, and goes on.
func TestInsert(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		insert := func(s *db.Session, text string) (int64, int64, error) {
			return s.Insert(t.Context(), "INSERT INTO notes (body) SELECT $1 WHERE $1 <> 'none'", []any{text})
		}
		err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
			if d.Dialect() != db.SQLite {
				if _, _, err := insert(s, "a"); !errors.Is(err, errors.ErrUnsupported) {
					t.Errorf("error %v", err)
				}
				return write(ctx, s, "a")
			}
			for text, want := range map[string]int64{"a": 1, "none": 0, "b": 1} {
				var found int64
				rowid, n, err := insert(s, text)
				if err == nil && n == 1 {
					err = s.QueryRow(ctx, "SELECT rowid FROM notes WHERE body = $1", text).Scan(&found)
				}
				if err != nil || n != want || n == 1 && rowid != found {
					t.Errorf("%s: row %d, %d rows, %v; want row %d", text, rowid, n, err, found)
				}
			}
			return s.Nested(ctx, func(context.Context, *db.Session) error { // a failure counts as any other
				if _, _, err := insert(s, "a"); db.ClassOf(err) != db.Unique {
					t.Errorf("a second time: %v", err)
				}
				return nil
			})
		})
		if want := d.Dialect() == db.SQLite; (db.ClassOf(err) == db.Unique) != want || !want && err != nil {
			t.Errorf("the session ended with %v", err)
		}
	})
}
