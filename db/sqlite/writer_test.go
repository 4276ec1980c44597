package sqlite_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/sqlite"
)

// counter is a database with a table of one row for each that came.
func counter(t testing.TB, options string) (*db.DB, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.db")
	d := open(t, path+options)
	do(t, d, "CREATE TABLE t (id INTEGER PRIMARY KEY, who INTEGER)")
	return d, path
}

func insert(ctx context.Context, d *db.DB, who int) error {
	return d.Do(ctx, func(ctx context.Context, s *db.Session) error {
		_, err := s.Exec(ctx, "INSERT INTO t (who) VALUES ($1)", who)
		return err
	})
}

// Everybody who writes at the same time as others gets a turn, and nobody hears
// of SQLITE_BUSY.
func TestManyWriters(t *testing.T) {
	t.Parallel()
	const writers, each = 32, 20
	d, _ := counter(t, "?max_wait=30s")
	var group sync.WaitGroup
	for who := range writers {
		group.Go(func() {
			for range each {
				if err := insert(t.Context(), d, who); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if n := count(t, d, "SELECT count(*) FROM t GROUP BY who HAVING count(*) <> $1 UNION ALL SELECT 0", each); n != 0 {
		t.Errorf("somebody wrote %d times instead of %d", n, each)
	}
	if n := count(t, d, "SELECT count(*) FROM t"); n != writers*each {
		t.Errorf("%d rows instead of %d", n, writers*each)
	}
}

// Those who wait get their turns in the order in which they came.
func TestTurns(t *testing.T) {
	t.Parallel()
	d, _ := counter(t, "?max_wait=30s")
	var group sync.WaitGroup
	hold(t, d, func() {
		for who := range 10 {
			group.Go(func() {
				if err := insert(t.Context(), d, who); err != nil {
					t.Error(err)
				}
			})
			for deadline := time.Now().Add(20 * time.Second); sqlite.Waiting(d) <= who && time.Now().Before(deadline); {
				time.Sleep(time.Millisecond)
			}
		}
	})
	group.Wait()
	if n := count(t, d, "SELECT count(*) FROM t WHERE who <> id - 1"); n != 0 {
		t.Errorf("%d had their turns out of order", n)
	}
}

// hold runs f while a unit of work has the writer, in a transaction of its own.
func hold(t testing.TB, d *db.DB, f func()) {
	t.Helper()
	err := d.Do(context.Background(), func(ctx context.Context, s *db.Session) error {
		if _, err := s.Exec(ctx, "SELECT 1"); err != nil {
			return err
		}
		f()
		return nil
	}, db.Attempts(1))
	if err != nil {
		t.Error(err)
	}
}

func TestWaiting(t *testing.T) {
	t.Parallel()
	t.Run("context ends", func(t *testing.T) {
		t.Parallel()
		d, _ := counter(t, "")
		hold(t, d, func() {
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			if err := insert(ctx, d, 1); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
		})
	})
	t.Run("too long", func(t *testing.T) {
		t.Parallel()
		d, _ := counter(t, "?max_wait=50ms")
		hold(t, d, func() {
			err := insert(t.Context(), d, 1)
			if db.ClassOf(err) != db.Busy || !strings.Contains(err.Error(), "waited 50ms for the writer (max_wait)") {
				t.Errorf("got %v", err)
			}
		})
	})
	t.Run("too many", func(t *testing.T) {
		t.Parallel()
		d, _ := counter(t, "?max_wait=10s&max_waiting=2")
		var refused atomic.Int64
		var group sync.WaitGroup
		hold(t, d, func() {
			for range 5 {
				group.Go(func() {
					if err := insert(t.Context(), d, 1); db.ClassOf(err) == db.Busy {
						refused.Add(1)
					} else if err != nil {
						t.Error(err)
					}
				})
			}
			for deadline := time.Now().Add(5 * time.Second); refused.Load() < 3 && time.Now().Before(deadline); {
				time.Sleep(time.Millisecond)
			}
		})
		group.Wait()
		if refused.Load() != 3 {
			t.Errorf("%d of 5 were refused where 2 may wait", refused.Load())
		}
	})
	t.Run("for nothing", func(t *testing.T) {
		t.Parallel()
		d, _ := counter(t, "?max_wait=1ms")
		hold(t, d, func() {
			if err := d.Do(t.Context(), func(context.Context, *db.Session) error { return nil }); err != nil {
				t.Errorf("a session that runs no statement waited: %v", err)
			}
		})
	})
}

// Close waits for the unit that writes.
func TestCloseWaits(t *testing.T) {
	t.Parallel()
	d, path := counter(t, "")
	closed := make(chan error, 1)
	err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
		if _, err := s.Exec(ctx, "INSERT INTO t (who) VALUES (1)"); err != nil {
			return err
		}
		go func() { closed <- d.Close(context.Background()) }()
		select {
		case err := <-closed:
			t.Errorf("it did not wait: %v", err)
		case <-time.After(50 * time.Millisecond):
		}
		_, err := s.Exec(ctx, "INSERT INTO t (who) VALUES (2)")
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if n := count(t, open(t, path), "SELECT count(*) FROM t"); n != 2 {
		t.Errorf("%d rows", n)
	}
}

// After its end, the database refuses at once.
func TestClosed(t *testing.T) {
	t.Parallel()
	d, _ := counter(t, "")
	if err := d.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := insert(t.Context(), d, 1); err == nil || !strings.Contains(err.Error(), "the database is closed") {
		t.Errorf("writing: %v", err)
	}
	if err := d.Ping(t.Context()); err == nil || !strings.Contains(err.Error(), "the database is closed") {
		t.Errorf("reading: %v", err)
	}
}
