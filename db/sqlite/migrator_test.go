package sqlite_test

import (
	"context"
	"testing"

	"github.com/terem-go/terem/db"
)

// A migrator rebuilds a table that others refer to, as SQLite needs it for most
// changes: with foreign keys on, DROP TABLE would delete what refers to it.
func TestMigrator(t *testing.T) {
	t.Parallel()
	d, _ := counter(t, "")
	do(t, d, "CREATE TABLE child (t_id INTEGER REFERENCES t ON DELETE CASCADE)",
		"INSERT INTO t (id) VALUES (1)", "INSERT INTO child VALUES (1)")
	m, err := d.Migrator()
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if n := m.Stats().MaxOpenConnections; n != 1 {
		t.Errorf("%d connections", n)
	}
	tx, err := m.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	_, err = tx.ExecContext(t.Context(), `
		CREATE TABLE t2 (id INTEGER PRIMARY KEY, who INTEGER NOT NULL DEFAULT 0);
		INSERT INTO t2 (id) SELECT id FROM t;
		DROP TABLE t;
		ALTER TABLE t2 RENAME TO t;`)
	if err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if n := count(t, d, "SELECT count(*) FROM child JOIN t ON t.id = child.t_id"); n != 1 {
		t.Errorf("%d children left", n)
	}
	err = d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
		_, err := s.Exec(ctx, "INSERT INTO child VALUES (99)")
		return err
	})
	if db.ClassOf(err) != db.ForeignKey {
		t.Errorf("foreign keys are off for sessions: %v", err)
	}
}
