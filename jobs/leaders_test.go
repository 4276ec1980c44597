//go:build unix

package jobs_test

import (
	"context"
	"log/slog"
	"slices"
	"syscall"
	"testing"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/jobs"
)

// A process that enqueues what is scheduled stands still, another one takes over,
// and the first goes on and does not know of that: it makes up for what it has
// missed. No time of the schedule counts twice.
func TestTwoLeaders(t *testing.T) {
	t.Parallel()
	processes(t, func(t *testing.T, url string, d *db.DB) {
		p := startProcess(t, url, "schedule")
		p.await(t, "working")
		more := func(n int) func() bool {
			n += len(ticks(t, d))
			return func() bool { return len(ticks(t, d)) >= n }
		}
		eventually(t, "it enqueues", more(2))
		must(t, p.Process.Signal(syscall.SIGSTOP))
		must(t, in(t, d, func(ctx context.Context, s *db.Session) error {
			_, err := s.Exec(ctx, "DELETE FROM river_leader") // as 15 s later
			return err
		}))
		start(t, d, ticking(), jobs.Config{Logger: slog.New(slog.DiscardHandler)})
		eventually(t, "the other one enqueues", more(3))
		must(t, p.Process.Signal(syscall.SIGCONT))
		eventually(t, "they go on", more(3))
		due := ticks(t, d)
		if n := len(slices.Compact(slices.Clone(due))); n != len(due) {
			t.Errorf("of %d ticks %d are there twice: %v", len(due), len(due)-n, due)
		}
		p.kill(t)
	})
}
