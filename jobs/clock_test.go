package jobs_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/jobs"
)

// shift moves a time of all jobs by hours, as a clock would have that was wrong
// when it was written.
func shift(t *testing.T, d *db.DB, column string, hours int, where string) {
	t.Helper()
	to := map[db.Dialect]string{
		db.Postgres: fmt.Sprintf("%s + interval '%d hours'", column, hours),
		db.SQLite:   fmt.Sprintf("strftime('%%Y-%%m-%%d %%H:%%M:%%f', %s, '%d hours')", column, hours),
	}[d.Dialect()]
	must(t, in(t, d, func(ctx context.Context, s *db.Session) error {
		n, err := s.Exec(ctx, "UPDATE river_job SET "+column+" = "+to+" WHERE "+where)
		if err == nil && n == 0 {
			t.Errorf("no job has %s", where)
		}
		return err
	}))
}

// A job whose process has a clock that is put forward while it runs is taken for
// lost, and run again. What it does in its session happens once all the same.
func TestClockPutForward(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		running, release := make(chan int, 10), make(chan struct{})
		w := jobs.NewWorkers()
		jobs.Add(w, func(ctx context.Context, s *db.Session, job *jobs.Job[Note]) error {
			running <- job.Attempt
			if job.Attempt == 1 {
				<-release
			}
			return note(ctx, s, fmt.Sprint(job.Args.Text, job.Attempt))
		})
		enqueue(t, d, Note{"a"})
		c := start(t, d, w, jobs.Config{Logger: slog.New(slog.DiscardHandler)})
		if got := <-running; got != 1 {
			t.Fatalf("attempt %d", got)
		}
		shift(t, d, "attempted_at", -1, "state = 'running'")
		start(t, d, w, jobs.Config{Logger: slog.New(slog.DiscardHandler)})
		// The leader looks for lost jobs when it begins to be it.
		must(t, in(t, d, func(ctx context.Context, s *db.Session) error {
			_, err := s.Exec(ctx, "DELETE FROM river_leader")
			return err
		}))
		eventually(t, "it is run again, and done", func() bool {
			hasten(t, d)
			return slices.Equal(texts(t, d), []string{"a2"}) && open(t, d) == 0
		})
		close(release)
		if _, err := stop(t, c, 10*time.Second); err != nil {
			t.Error(err)
		}
		if got := texts(t, d); !slices.Equal(got, []string{"a2"}) {
			t.Errorf("rows: %v", got)
		}
	})
}

// A job that was enqueued before the clock was put back waits until the clock shows
// that time again, one that was enqueued before it was put forward runs at once, and
// so does one for later whose time the clock has come to.
func TestClockIsSet(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		enqueue(t, d, Note{"put back"})
		enqueue(t, d, Note{"put forward"})
		enqueue(t, d, Note{"later"}, jobs.In(30*time.Minute))
		shift(t, d, "scheduled_at", 1, "id = 1")
		shift(t, d, "scheduled_at", -1, "id >= 2")
		w := jobs.NewWorkers()
		jobs.Add(w, writeNote)
		start(t, d, w, jobs.Config{})
		eventually(t, "those that are due have run", func() bool { return len(texts(t, d)) == 2 })
		if got := texts(t, d); slices.Contains(got, "put back") {
			t.Errorf("%v have run", got)
		}
		shift(t, d, "scheduled_at", -1, "id = 1")
		eventually(t, "the other one has run", func() bool { return len(texts(t, d)) == 3 })
	})
}
