package jobs_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/jobs"
)

// stop stops a client within limit, and returns how long that took.
func stop(t *testing.T, c *jobs.Client, limit time.Duration) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	begin := time.Now()
	err := c.Stop(ctx)
	return time.Since(begin), err
}

// Jobs that run are let finish, and others are left for later.
func TestStopWaits(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		running, finish := make(chan bool), make(chan bool)
		w := jobs.NewWorkers()
		jobs.Add(w, func(ctx context.Context, s *db.Session, job *jobs.Job[Note]) error {
			running <- true
			<-finish
			return writeNote(ctx, s, job)
		})
		c := start(t, d, w, jobs.Config{Queues: map[string]int{"default": 1}})
		enqueue(t, d, Note{"a"})
		<-running
		stopped := make(chan error)
		go func() {
			_, err := stop(t, c, 20*time.Second)
			stopped <- err
		}()
		enqueue(t, d, Note{"b"})
		select {
		case err := <-stopped:
			t.Fatalf("stopped while a job ran: %v", err)
		case <-running:
			t.Fatal("another job was begun")
		case <-time.After(300 * time.Millisecond):
		}
		close(finish)
		if err := <-stopped; err != nil {
			t.Fatal(err)
		}
		if got := states(t, d); !slices.Equal(got, []string{"completed", "available"}) {
			t.Errorf("the jobs are %v", got)
		}
		if got := texts(t, d); !slices.Equal(got, []string{"a"}) {
			t.Errorf("rows: %v", got)
		}
	})
}

// Jobs that do not finish in time are cancelled and go back into the queue, and
// the attempt is not counted.
func TestStopCancels(t *testing.T) {
	t.Parallel()
	eachScope(t, func(t *testing.T, d *db.DB, add adder) {
		running := make(chan bool)
		w := jobs.NewWorkers()
		add(w, func(ctx context.Context, do do, job *jobs.Job[Note]) error {
			running <- true
			<-ctx.Done()
			return do(ctx, func(ctx context.Context, s *db.Session) error { return note(ctx, s, job.Args.Text) })
		})
		c := start(t, d, w, jobs.Config{})
		enqueue(t, d, Note{"a"}, jobs.MaxAttempts(1))
		<-running
		if took, err := stop(t, c, 100*time.Millisecond); err != nil || took > 4*time.Second {
			t.Errorf("stopped after %v: %v", took, err)
		}
		if got := states(t, d); !slices.Equal(got, []string{"available"}) {
			t.Errorf("the jobs are %v", got)
		}
		if got := column[int](t, d, "SELECT attempt FROM river_job"); !slices.Equal(got, []int{0}) {
			t.Errorf("attempts: %v", got)
		}

		again := jobs.NewWorkers()
		jobs.Add(again, writeNote)
		start(t, d, again, jobs.Config{})
		eventually(t, "the job has run after all", func() bool { return len(texts(t, d)) == 1 })
	})
}

// A job that does not return does not keep the program.
func TestStopGivesUp(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		running, finish := make(chan bool), make(chan bool)
		w := jobs.NewWorkers()
		jobs.Add(w, func(context.Context, *db.Session, *jobs.Job[Note]) error {
			running <- true
			<-finish
			return nil
		})
		c := start(t, d, w, jobs.Config{})
		enqueue(t, d, Note{"a"})
		<-running
		if took, err := stop(t, c, 10*time.Millisecond); err == nil || took > 10*time.Second {
			t.Errorf("stopped after %v: %v", took, err)
		}
		close(finish)
		if _, err := stop(t, c, 10*time.Second); err != nil { // it may be called again
			t.Error(err)
		}
	})
}

func TestStartOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		w := jobs.NewWorkers()
		jobs.Add(w, writeNote)
		c := start(t, d, w, jobs.Config{})
		if err := c.Start(t.Context()); err == nil {
			t.Error("started twice")
		}
		for range 2 {
			if _, err := stop(t, c, 10*time.Second); err != nil {
				t.Error(err)
			}
		}
		if err := c.Start(t.Context()); err == nil {
			t.Error("started after it was stopped")
		}
		never, err := jobs.New(d, w, jobs.Config{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := stop(t, never, 10*time.Second); err != nil {
			t.Error(err)
		}
	})
}
