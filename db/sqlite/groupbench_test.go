package sqlite_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"modernc.org/sqlite"
)

// Durable inserts by 32 goroutines: through sessions, and by hand on the
// driver's bare statements with a transaction for each insert.
func BenchmarkDurable(b *testing.B) {
	b.Run("sessions", func(b *testing.B) {
		d, _ := counter(b, "?max_wait=30s")
		many(b, func() error { return insert(b.Context(), d, 1) })
	})
	for _, synchronous := range []string{"normal", "full"} {
		b.Run("hand-"+synchronous, func(b *testing.B) {
			many(b, transactionPerInsert(b, filepath.Join(b.TempDir(), "a.db"), synchronous))
		})
	}
}

// transactionPerInsert returns hand-written code that inserts a row.
func transactionPerInsert(b *testing.B, path, synchronous string) func() error {
	connector, err := sqlite.NewConnector("file:" + path + "?_pragma=journal_mode(wal)&_pragma=foreign_keys(1)&_pragma=synchronous(" + synchronous + ")")
	if err != nil {
		b.Fatal(err)
	}
	c, err := connector.Connect(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { c.Close() })
	ctx := context.Background()
	prepare := func(sql string) bareStmt {
		s, err := c.Prepare(sql)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { s.Close() })
		return s.(bareStmt)
	}
	if _, err := prepare("CREATE TABLE t (id INTEGER PRIMARY KEY, who INTEGER)").ExecContext(ctx, nil); err != nil {
		b.Fatal(err)
	}
	begin, add, commit := prepare("BEGIN IMMEDIATE"), prepare("INSERT INTO t (who) VALUES (?)"), prepare("COMMIT")
	args := []driver.NamedValue{{Ordinal: 1, Value: int64(1)}}
	var mu sync.Mutex
	return func() error {
		mu.Lock()
		defer mu.Unlock()
		_, err1 := begin.ExecContext(ctx, nil)
		_, err2 := add.ExecContext(ctx, args)
		_, err3 := commit.ExecContext(ctx, nil)
		return errors.Join(err1, err2, err3)
	}
}

// many runs f in 32 goroutines, b.N times in all, and reports how long one took
// in the middle and at the end of all.
func many(b *testing.B, f func() error) {
	took := make([]time.Duration, b.N)
	var next atomic.Int64
	var group sync.WaitGroup
	b.ResetTimer()
	for range 32 {
		group.Go(func() {
			for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
				start := time.Now()
				if err := f(); err != nil {
					b.Error(err)
					return
				}
				took[i-1] = time.Since(start)
			}
		})
	}
	group.Wait()
	b.StopTimer()
	slices.Sort(took)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "inserts/s")
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}
