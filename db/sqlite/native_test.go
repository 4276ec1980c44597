package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/sqlite"
)

func TestNative(t *testing.T) {
	t.Parallel()
	d, _ := counter(t, "")
	do(t, d, "ALTER TABLE t ADD COLUMN at DATETIME")
	err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
		n := sqlite.Native(s)
		if n != sqlite.Native(s) {
			t.Error("each call of Native makes another view")
		}
		result, err := n.ExecContext(ctx, "INSERT INTO t (who, at) VALUES (?, ?2)", 7, moment)
		if err != nil {
			return err
		}
		id, idErr := result.LastInsertId()
		changed, changedErr := result.RowsAffected()
		if id != 1 || changed != 1 || idErr != nil || changedErr != nil {
			t.Errorf("id %d, %d rows changed, %v, %v", id, changed, idErr, changedErr)
		}
		if result, err = n.ExecContext(ctx, "SELECT 1"); err != nil {
			return err
		}
		if changed, err := result.RowsAffected(); changed != 0 || err != nil {
			t.Errorf("SELECT changed %d rows, %v", changed, err)
		}

		prepared, err := n.PrepareContext(ctx, "INSERT INTO t (who) VALUES ($1) RETURNING id")
		if err != nil {
			return err
		}
		defer prepared.Close()
		for range 3 {
			if err := prepared.QueryRowContext(ctx, 8).Scan(new(int64)); err != nil {
				return err
			}
		}

		rows, err := n.QueryContext(ctx, "SELECT id, who FROM t WHERE who > :least ORDER BY id", sql.Named("least", 5))
		if err != nil {
			return err
		}
		defer rows.Close()
		var got [][2]int
		for rows.Next() {
			var row [2]int
			if err := rows.Scan(&row[0], &row[1]); err != nil {
				return err
			}
			got = append(got, row)
			// Another statement while rows are open, as generated code may send.
			if _, err := n.ExecContext(ctx, "UPDATE t SET who = 9 WHERE id = ?", row[0]); err != nil {
				return err
			}
		}
		if diff := cmp.Diff([][2]int{{1, 7}, {2, 8}, {3, 8}, {4, 8}}, got); diff != "" {
			t.Errorf("rows (-want +got):\n%s", diff)
		}

		var at sql.NullTime
		if err := n.QueryRowContext(ctx, "SELECT at FROM t WHERE id = @id", sql.Named("id", 1)).Scan(&at); err != nil {
			return err
		}
		if at.Time.Format("2006-01-02 15:04:05.999999") != "2026-02-03 02:05:06.123456" {
			t.Errorf("the time is %v", at.Time)
		}
		if err := n.QueryRowContext(ctx, "SELECT 1 WHERE false").Scan(new(int)); !errors.Is(err, sql.ErrNoRows) {
			t.Errorf("no row: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := count(t, d, "SELECT count(*) FROM t WHERE who = 9"); n != 4 {
		t.Errorf("%d rows were committed", n)
	}
}

// What fails through Native makes the unit fail, also if nobody says so.
func TestNativeFailures(t *testing.T) {
	t.Parallel()
	for name, use := range map[string]func(ctx context.Context, n sqlite.DBTX) error{
		"exec": func(ctx context.Context, n sqlite.DBTX) error {
			_, err := n.ExecContext(ctx, "INSERT INTO t (id) VALUES (1), (1)")
			if db.ClassOf(err) != db.Unique {
				t.Errorf("the class of %v is lost", err)
			}
			return err
		},
		"query": func(ctx context.Context, n sqlite.DBTX) error {
			_, err := n.QueryContext(ctx, "SELECT missing")
			return err
		},
		"row": func(ctx context.Context, n sqlite.DBTX) error {
			return n.QueryRowContext(ctx, "SELECT json('{')").Scan(new(string))
		},
		"prepare": func(ctx context.Context, n sqlite.DBTX) error {
			_, err := n.PrepareContext(ctx, "SELEC")
			return err
		},
		"argument": func(ctx context.Context, n sqlite.DBTX) error {
			_, err := n.ExecContext(ctx, "SELECT ?", make(chan int))
			return err
		},
		"argument count": func(ctx context.Context, n sqlite.DBTX) error {
			_, err := n.ExecContext(ctx, "SELECT $1", 1, 2)
			return err
		},
		"commit": func(ctx context.Context, n sqlite.DBTX) error {
			_, err := n.ExecContext(ctx, "COMMIT")
			return err
		},
		"two statements": func(ctx context.Context, n sqlite.DBTX) error {
			_, err := n.ExecContext(ctx, "SELECT 1; COMMIT")
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, _ := counter(t, "")
			err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
				if _, err := s.Exec(ctx, "INSERT INTO t (who) VALUES (1)"); err != nil {
					return err
				}
				if err := use(ctx, sqlite.Native(s)); err == nil {
					t.Error("no error")
				}
				return nil
			})
			if !errors.Is(err, db.ErrSwallowed) {
				t.Errorf("the unit ended with %v", err)
			}
			if n := count(t, d, "SELECT count(*) FROM t"); n != 0 {
				t.Errorf("%d rows stayed", n)
			}
		})
	}
}

func TestNativeTransaction(t *testing.T) {
	t.Parallel()
	d, _ := counter(t, "")
	err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
		_, err := sqlite.Native(s).(*sql.DB).BeginTx(ctx, nil)
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "use Nested") {
		t.Errorf("got %v", err)
	}
}

// After the end of the unit nothing goes through, and rows that were left open
// do not keep it from ending.
func TestNativeAfterTheEnd(t *testing.T) {
	t.Parallel()
	d, _ := counter(t, "?max_wait=1s")
	var n sqlite.DBTX
	var left *sql.Rows
	err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) (err error) {
		n = sqlite.Native(s)
		left, err = n.QueryContext(ctx, "SELECT 1 UNION ALL SELECT 2")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	left.Close()
	if _, err := n.ExecContext(t.Context(), "INSERT INTO t (who) VALUES (1)"); err == nil {
		t.Error("it still writes")
	}
	if err := insert(t.Context(), d, 1); err != nil {
		t.Error(err)
	}
	if n := count(t, d, "SELECT count(*) FROM t"); n != 1 {
		t.Errorf("%d rows", n)
	}
}

func TestNativeReader(t *testing.T) {
	t.Parallel()
	d, _ := counter(t, "?readers=1")
	for _, options := range [][]db.Option{nil, {db.Snapshot}} {
		err := d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
			var n int
			if err := sqlite.Native(r).QueryRowContext(ctx, "SELECT count(*) FROM t WHERE id > ?", 0).Scan(&n); err != nil {
				return err
			}
			_, err := sqlite.Native(r).ExecContext(ctx, "INSERT INTO t (who) VALUES (1)")
			return err
		}, options...)
		if db.ClassOf(err) != db.ReadOnly {
			t.Errorf("writing through a reader: %v", err)
		}
	}
}

type otherEngine struct{}

func (otherEngine) Native() any { return 1 }

func TestNativeOfAnotherEngine(t *testing.T) {
	t.Parallel()
	defer func() {
		if p, ok := recover().(string); !ok || !strings.Contains(p, "on another engine") {
			t.Errorf("panicked with %v", p)
		}
	}()
	sqlite.Native(otherEngine{})
}
