package sqlite_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/terem-go/terem/db"
)

func TestReadersOnlyRead(t *testing.T) {
	t.Parallel()
	d, _ := counter(t, "?readers=1")
	for _, sql := range []string{
		"INSERT INTO t VALUES (1, 1)",
		"WITH a AS (SELECT 1) DELETE FROM t",
		"CREATE TABLE other (id INTEGER)",
		"CREATE TEMP TABLE other (id INTEGER)",
		"SAVEPOINT a",
		"PRAGMA user_version = 3",
	} {
		err := d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
			rows, err := r.Query(ctx, sql)
			if err != nil {
				return err
			}
			for rows.Next() {
			}
			return rows.Err()
		})
		if db.ClassOf(err) != db.ReadOnly {
			t.Errorf("%s: %v", sql, err)
		}
	}
	for _, sql := range []string{"BEGIN", "COMMIT", "ATTACH 'other.db' AS other"} {
		err := d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
			_, err := r.Query(ctx, sql)
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "refused") {
			t.Errorf("%s: %v", sql, err)
		}
	}
	if n := count(t, d, "SELECT count(*) FROM pragma_table_info('t')"); n != 2 {
		t.Errorf("%d columns", n)
	}
}

// Without a snapshot, a reader sees what was committed between its statements;
// with one it does not.
func TestSnapshot(t *testing.T) {
	t.Parallel()
	d, _ := counter(t, "")
	for name, test := range map[string]struct {
		options []db.Option
		want    int
	}{"without": {nil, 1}, "with": {[]db.Option{db.Snapshot}, 0}} {
		err := d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
			var before, after int
			if err := r.QueryRow(ctx, "SELECT count(*) FROM t").Scan(&before); err != nil {
				return err
			}
			if err := insert(t.Context(), d, 1); err != nil {
				return err
			}
			if err := r.QueryRow(ctx, "SELECT count(*) FROM t").Scan(&after); err != nil {
				return err
			}
			if after-before != test.want {
				t.Errorf("%s a snapshot a reader sees %d new rows", name, after-before)
			}
			return nil
		}, test.options...)
		if err != nil {
			t.Error(err)
		}
	}
	if n := count(t, d, "SELECT count(*) FROM t"); n != 2 {
		t.Errorf("after both there are %d rows", n)
	}
}

// A reader has a connection only while rows are open, and waits for one no
// longer than it may.
func TestReadersWait(t *testing.T) {
	t.Parallel()
	d, _ := counter(t, "?readers=1&max_wait=50ms")
	read := func(ctx context.Context) error {
		return d.Read(ctx, func(ctx context.Context, r *db.Reader) error {
			return r.QueryRow(ctx, "SELECT 1").Scan(new(int))
		})
	}
	err := d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
		rows, err := r.Query(ctx, "SELECT 1 UNION ALL SELECT 2")
		if err != nil {
			return err
		}
		if err := read(t.Context()); db.ClassOf(err) != db.Busy || !strings.Contains(err.Error(), "waited 50ms for a reader") {
			t.Errorf("while rows are open: %v", err)
		}
		ended, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if err := read(ended); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("with a context that ends: %v", err)
		}
		rows.Close()
		return read(t.Context())
	})
	if err != nil {
		t.Error(err)
	}
}

// The end of the context interrupts a statement, and the connection stays
// usable.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	const endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) "
	d, _ := counter(t, "?readers=1")
	for name, sql := range map[string]string{
		"before the first row": endless + "SELECT count(*) FROM n",
		"between rows":         endless + "SELECT i FROM n",
	} {
		for _, options := range [][]db.Option{nil, {db.Snapshot}} {
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			start := time.Now()
			err := d.Read(ctx, func(ctx context.Context, r *db.Reader) error {
				rows, err := r.Query(ctx, sql)
				if err != nil {
					return err
				}
				for rows.Next() {
				}
				return rows.Err()
			}, options...)
			cancel()
			if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 5*time.Second {
				t.Errorf("%s: %v after %v", name, err, time.Since(start))
			}
			if n := count(t, d, "SELECT count(*) FROM t"); n != 0 {
				t.Errorf("the next reader sees %d rows", n)
			}
		}
	}
}

// Readers are not held up by a unit that writes, and see nothing of it.
func TestReadingWhileWriting(t *testing.T) {
	t.Parallel()
	d, _ := counter(t, "")
	err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
		if _, err := s.Exec(ctx, "INSERT INTO t (who) VALUES (1)"); err != nil {
			return err
		}
		var group sync.WaitGroup
		for range 20 {
			group.Go(func() {
				if n := count(t, d, "SELECT count(*) FROM t"); n != 0 {
					t.Errorf("a reader sees %d rows", n)
				}
			})
		}
		group.Wait()
		var own int
		if err := s.QueryRow(ctx, "SELECT count(*) FROM t").Scan(&own); err != nil || own != 1 {
			t.Errorf("the session itself sees %d, %v", own, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
