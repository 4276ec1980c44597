package jobs_test

import (
	"context"
	"log/slog"
	"os"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/jobs"
)

// Many jobs become due in one moment. All are run, and the memory of the process
// stays bounded.
//
// TEREM_TEST_DUE is how many; the default is 5,000.
//
//	TEREM_TEST_DUE=100000 go test -timeout 20m -run DueAtOnce -v ./jobs
func TestDueAtOnce(t *testing.T) {
	t.Parallel()
	many := 5000
	if s := os.Getenv("TEREM_TEST_DUE"); s != "" {
		var err error
		many, err = strconv.Atoi(s)
		must(t, err)
	}
	const limit = 64 << 20 // of the heap, beside other tests
	each(t, func(t *testing.T, d *db.DB) {
		for n := 0; n < many; n += 1000 {
			list := make([]Note, min(1000, many-n))
			for i := range list {
				list[i].Text = strconv.Itoa(n + i)
			}
			must(t, in(t, d, func(ctx context.Context, s *db.Session) error {
				return jobs.EnqueueMany(ctx, s, list, jobs.In(time.Hour))
			}))
		}
		now := map[db.Dialect]string{db.Postgres: "now()", db.SQLite: "datetime('now', 'subsec')"}[d.Dialect()]
		must(t, in(t, d, func(ctx context.Context, s *db.Session) error {
			_, err := s.Exec(ctx, "UPDATE river_job SET scheduled_at = "+now)
			return err
		}))
		var mu sync.Mutex
		ran := map[string]int{}
		all := make(chan struct{})
		w := jobs.NewWorkers()
		jobs.Add(w, func(_ context.Context, _ *db.Session, job *jobs.Job[Note]) error {
			mu.Lock()
			defer mu.Unlock()
			if ran[job.Args.Text]++; len(ran) == many && ran[job.Args.Text] == 1 {
				close(all)
			}
			return nil
		})
		before := heap()
		begin := time.Now()
		start(t, d, w, jobs.Config{Logger: slog.New(slog.DiscardHandler), Queues: map[string]int{"default": 20}})
		peak := uint64(0)
		for looking, late := true, time.After(20*time.Minute); looking; {
			select {
			case <-all:
				looking = false
			case <-late:
				mu.Lock()
				defer mu.Unlock()
				t.Fatalf("%d of %d jobs have run", len(ran), many)
			case <-time.After(100 * time.Millisecond):
				peak = max(peak, heap())
			}
		}
		took := time.Since(begin)
		eventually(t, "all are done", func() bool { return open(t, d) == 0 })
		grown := max(peak, before) - before
		t.Logf("%d jobs that were due at once took %v (%.0f a second); the heap grew by %d MB at most", many, took.Round(time.Millisecond), float64(many)/took.Seconds(), grown>>20)
		if grown > limit {
			t.Errorf("the heap grew by %d MB, which is more than %d", grown>>20, limit>>20)
		}
	})
}

// heap returns the bytes of live objects and of those that are not yet collected.
func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
