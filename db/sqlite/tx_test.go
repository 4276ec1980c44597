package sqlite_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"strings"
	"testing"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/sqlite"
)

// The end of the context does not interrupt a statement that writes, which
// would roll back everything before it; it is noticed at the next one.
func TestWritingIsNotInterrupted(t *testing.T) {
	t.Parallel()
	d, _ := counter(t, "")
	err := d.Do(t.Context(), func(_ context.Context, s *db.Session) error {
		ctx, cancel := context.WithCancel(t.Context())
		n, err := s.Exec(ctx, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < $1) INSERT INTO t SELECT i, i FROM n", canceller{5000, cancel})
		if err != nil || n != 5000 || ctx.Err() == nil {
			t.Errorf("%d rows, %v, context: %v", n, err, ctx.Err())
		}
		if _, err := s.Exec(ctx, "SELECT 1"); !errors.Is(err, context.Canceled) {
			t.Errorf("the next statement: %v", err)
		}
		rows, err := s.Query(t.Context(), "SELECT id FROM t")
		if err == nil {
			rows.Close()
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if n := count(t, d, "SELECT count(*) FROM t"); n != 5000 {
		t.Errorf("%d rows stayed", n)
	}
}

// canceller is an argument that ends a context when its value is taken, just
// before the statement runs.
type canceller struct {
	n      int64
	cancel context.CancelFunc
}

func (c canceller) Value() (driver.Value, error) {
	c.cancel()
	return c.n, nil
}

// A constraint that is checked at COMMIT undoes the unit and leaves the writer
// usable.
func TestDeferredForeignKey(t *testing.T) {
	t.Parallel()
	d, _ := counter(t, "")
	do(t, d, "CREATE TABLE child (t_id INTEGER REFERENCES t DEFERRABLE INITIALLY DEFERRED)")
	err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
		_, err := s.Exec(ctx, "INSERT INTO child VALUES (99)")
		return err
	})
	if db.ClassOf(err) != db.ForeignKey {
		t.Errorf("got %v", err)
	}
	if err := insert(t.Context(), d, 1); err != nil {
		t.Error(err)
	}
	if n := count(t, d, "SELECT count(*) FROM child"); n != 0 {
		t.Errorf("%d rows stayed", n)
	}
}

// When SQLite ends the transaction by itself, nothing more is written: outside
// of it a SAVEPOINT would begin another one and its RELEASE commit that.
func TestSQLiteRollsBack(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, sql string
		want      db.Class
	}{
		{"conflict", "INSERT OR ROLLBACK INTO t (id) VALUES (1)", db.Unique},
		{"trigger", "INSERT INTO forbidden VALUES (1)", db.Check},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d, _ := counter(t, "")
			do(t, d, "INSERT INTO t (id) VALUES (1)", "CREATE TABLE forbidden (id INTEGER)",
				"CREATE TRIGGER tr BEFORE INSERT ON forbidden BEGIN SELECT RAISE(ROLLBACK, 'forbidden'); END")
			attempts := 0
			err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
				attempts++
				if _, err := s.Exec(ctx, "INSERT INTO t (who) VALUES (2)"); err != nil {
					return err
				}
				_ = s.Nested(ctx, func(ctx context.Context, s *db.Session) error {
					_, err := s.Exec(ctx, test.sql)
					return err
				})
				// A handler that goes on as if nothing had happened.
				_ = s.Nested(ctx, func(ctx context.Context, s *db.Session) error {
					_, err := s.Exec(ctx, "INSERT INTO t (who) VALUES (3)")
					return err
				})
				return nil
			})
			if db.ClassOf(err) != test.want || attempts != 1 {
				t.Errorf("after %d attempts: %v", attempts, err)
			}
			if n := count(t, d, "SELECT count(*) FROM t"); n != 1 {
				t.Errorf("%d rows, want the one from before", n)
			}
			if err := insert(t.Context(), d, 4); err != nil {
				t.Errorf("the next unit: %v", err)
			}
		})
	}
}

// A unit can neither end its transaction nor get at other files, in whatever
// disguise.
func TestTransactionControlIsRefused(t *testing.T) {
	t.Parallel()
	for _, sql := range []string{
		"COMMIT", "commit;", "/* x */ END TRANSACTION", "ROLLBACK", "BEGIN", "BEGIN IMMEDIATE", "ATTACH 'other.db' AS other",
	} {
		t.Run(sql, func(t *testing.T) {
			t.Parallel()
			d, _ := counter(t, "")
			err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
				if _, err := s.Exec(ctx, "INSERT INTO t (who) VALUES (1)"); err != nil {
					return err
				}
				_, err := s.Exec(ctx, sql)
				if err == nil || !strings.Contains(err.Error(), "refused") {
					t.Errorf("got %v", err)
				}
				return nil
			})
			if !errors.Is(err, db.ErrSwallowed) {
				t.Errorf("the unit ended with %v", err)
			}
			if n := count(t, d, "SELECT count(*) FROM t"); n != 0 {
				t.Errorf("%d rows stayed", n)
			}
			if err := insert(t.Context(), d, 1); err != nil {
				t.Errorf("the next unit: %v", err)
			}
		})
	}
}

// A COMMIT that gets past that all the same makes nothing durable.
func TestCommitOfOthersIsVetoed(t *testing.T) {
	t.Parallel()
	d, _ := counter(t, "")
	err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
		if _, err := s.Exec(ctx, "INSERT INTO t (who) VALUES (1)"); err != nil {
			return err
		}
		if err := sqlite.CommitBehindItsBack(d); err == nil {
			t.Error("it was not vetoed")
		}
		return nil
	}, db.Attempts(1))
	if err == nil {
		t.Error("the unit was committed, whose transaction was not the engine's to end")
	}
	if n := count(t, d, "SELECT count(*) FROM t"); n != 0 {
		t.Errorf("%d rows stayed", n)
	}
	if err := insert(t.Context(), d, 1); err != nil {
		t.Errorf("the next unit: %v", err)
	}
}

// SQLite prepares COMMIT again after a change of the tables, which must not be
// mistaken for one of a unit's.
func TestSchemaChanges(t *testing.T) {
	t.Parallel()
	d, _ := counter(t, "")
	do(t, d, "ALTER TABLE t ADD COLUMN a TEXT", "CREATE INDEX i ON t (a)", "DROP INDEX i", "ALTER TABLE t DROP COLUMN a")
	if err := insert(t.Context(), d, 1); err != nil {
		t.Error(err)
	}
}

// A panic in code that the engine calls leaves the writer free.
func TestPanics(t *testing.T) {
	t.Parallel()
	d, _ := counter(t, "?max_wait=1s")
	units := map[string]func(ctx context.Context, s *db.Session) error{
		"argument": func(ctx context.Context, s *db.Session) error {
			_, err := s.Exec(ctx, "INSERT INTO t (who) VALUES ($1)", panicker{})
			return err
		},
		"scan": func(ctx context.Context, s *db.Session) error {
			return s.QueryRow(ctx, "SELECT 1").Scan(panicker{})
		},
		"with rows open": func(ctx context.Context, s *db.Session) error {
			rows, err := s.Query(ctx, "INSERT INTO t (who) VALUES (1), (2) RETURNING id")
			if err == nil && rows.Next() {
				panic("in between")
			}
			return err
		},
	}
	for name, unit := range units {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			_ = d.Do(t.Context(), unit)
		}()
		if err := insert(t.Context(), d, 1); err != nil {
			t.Errorf("after a panic (%s): %v", name, err)
		}
	}
	if n := count(t, d, "SELECT count(*) FROM t"); n != len(units) {
		t.Errorf("%d rows instead of %d", n, len(units))
	}
}

type panicker struct{}

func (panicker) Value() (driver.Value, error) { panic("no value") }
func (panicker) Scan(any) error               { panic("no scan") }
