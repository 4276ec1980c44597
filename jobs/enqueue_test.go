package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/jobs"
	"github.com/terem-go/terem/jobs/jobstest"
)

var errHandler = errors.New("the handler's own error")

// enqueued returns the texts of the notes in the queue.
func enqueued(t *testing.T, d *db.DB) (list []string) {
	t.Helper()
	err := d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
		list = nil
		for _, n := range jobstest.Enqueued[Note](t, r) {
			list = append(list, n.Text)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// both writes a row and enqueues a job.
func both(ctx context.Context, s *db.Session, text string) error {
	if err := note(ctx, s, text); err != nil {
		return err
	}
	return jobs.Enqueue(ctx, s, Note{text})
}

// A job exists exactly when what else its session wrote does.
func TestEnqueue(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		f    func(ctx context.Context, s *db.Session) error
		is   error // in the tree of what Do returns
		want []string
	}{
		{name: "success", want: []string{"a", "b"}, f: func(ctx context.Context, s *db.Session) error {
			return errors.Join(both(ctx, s, "a"), both(ctx, s, "b"))
		}},
		{name: "an error", is: errHandler, f: func(ctx context.Context, s *db.Session) error {
			return errors.Join(both(ctx, s, "a"), errHandler)
		}},
		{name: "Keep", is: errHandler, want: []string{"a"}, f: func(ctx context.Context, s *db.Session) error {
			return errors.Join(both(ctx, s, "a"), db.Keep(errHandler))
		}},
		{name: "a failure that is swallowed", is: db.ErrSwallowed, f: func(ctx context.Context, s *db.Session) error {
			err := both(ctx, s, "a")
			_, _ = s.Exec(ctx, "INSERT INTO missing VALUES (1)")
			return err
		}},
		{name: "arguments that cannot be encoded, swallowed", is: db.ErrSwallowed, f: func(ctx context.Context, s *db.Session) error {
			err := both(ctx, s, "a")
			_ = jobs.Enqueue(ctx, s, broken{})
			return err
		}},
		{name: "a queue that cannot be", is: db.ErrSwallowed, f: func(ctx context.Context, s *db.Session) error {
			_ = jobs.Enqueue(ctx, s, Note{"a"}, jobs.Queue("no spaces"))
			return nil
		}},
		{name: "Nested succeeds", want: []string{"a", "b"}, f: func(ctx context.Context, s *db.Session) error {
			return errors.Join(both(ctx, s, "a"), s.Nested(ctx, func(ctx context.Context, s *db.Session) error { return both(ctx, s, "b") }))
		}},
		{name: "Nested is undone", want: []string{"a", "c"}, f: func(ctx context.Context, s *db.Session) error {
			err := both(ctx, s, "a")
			undone := s.Nested(ctx, func(ctx context.Context, s *db.Session) error { return errors.Join(both(ctx, s, "b"), errHandler) })
			if !errors.Is(undone, errHandler) {
				t.Errorf("Nested returned %v", undone)
			}
			return errors.Join(err, both(ctx, s, "c"))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, d *db.DB) {
				if err := d.Do(t.Context(), c.f); !errors.Is(err, c.is) || (c.is == nil) != (err == nil) {
					t.Errorf("the session ended with %v", err)
				}
				if diff := cmp.Diff(c.want, texts(t, d)); diff != "" {
					t.Errorf("rows (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(c.want, enqueued(t, d)); diff != "" {
					t.Errorf("jobs (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// broken are arguments that cannot be encoded.
type broken struct{ C chan int }

func (broken) Kind() string { return "test.broken" }

// Jobs of an attempt that is made again are not there twice.
func TestEnqueueAgain(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		dbtest.Retry(d)
		attempt := 0
		err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
			attempt++
			return both(ctx, s, fmt.Sprint(attempt))
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := enqueued(t, d); attempt < 4 || !slices.Equal(got, []string{fmt.Sprint(attempt)}) {
			t.Errorf("jobs after %d attempts: %v", attempt, got)
		}
	})
}

func TestEnqueuePanics(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		func() {
			defer func() {
				if p := recover(); p != "oops" {
					t.Errorf("the panic is %v", p)
				}
			}()
			_ = d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
				if err := jobs.Enqueue(ctx, s, Note{"a"}); err != nil {
					t.Error(err)
				}
				panic("oops")
			})
		}()
		if got := enqueued(t, d); len(got) > 0 {
			t.Errorf("jobs: %v", got)
		}
		enqueue(t, d, Note{"b"}) // nobody is kept waiting
	})
}

// Nobody but the session sees a job before the commit.
func TestEnqueuedInSession(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
			if err := jobs.Enqueue(ctx, s, Note{"a"}); err != nil {
				return err
			}
			if got := jobstest.Enqueued[Note](t, s); !slices.Equal(got, []Note{{"a"}}) {
				t.Errorf("the session sees %v", got)
			}
			if got := enqueued(t, d); len(got) > 0 {
				t.Errorf("others see %v", got)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestOptions(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		at := time.Now().Add(time.Hour).Truncate(time.Second).UTC()
		enqueue(t, d, Note{"plain"})
		enqueue(t, d, Note{"past"}, jobs.At(time.Now().Add(-time.Hour)))
		enqueue(t, d, Note{"now"}, jobs.In(0))
		enqueue(t, d, Note{"later"}, jobs.At(at), jobs.MaxAttempts(3), jobs.Queue("slow"))
		enqueue(t, d, Note{"in"}, jobs.In(time.Hour))
		if diff := cmp.Diff([]string{"available", "available", "available", "scheduled", "scheduled"}, states(t, d)); diff != "" {
			t.Errorf("states (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"default", "default", "default", "slow", "default"}, column[string](t, d, "SELECT queue FROM river_job ORDER BY id")); diff != "" {
			t.Errorf("queues (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]int{25, 25, 25, 3, 25}, column[int](t, d, "SELECT max_attempts FROM river_job ORDER BY id")); diff != "" {
			t.Errorf("attempts (-want +got):\n%s", diff)
		}
		due := column[time.Time](t, d, "SELECT scheduled_at FROM river_job WHERE state = 'scheduled' ORDER BY id")
		if !due[0].Equal(at) || due[1].Sub(at).Abs() > 10*time.Second {
			t.Errorf("due at %v, not %v", due, at)
		}
	})
}

// Without its tables the queue says what is missing.
func TestEnqueueWithoutTables(t *testing.T) {
	t.Parallel()
	eachEmpty(t, func(t *testing.T, d *db.DB) {
		err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error { return jobs.Enqueue(ctx, s, Note{"a"}) })
		if err == nil || !strings.Contains(err.Error(), "test.note") || !strings.Contains(err.Error(), "river_job") {
			t.Errorf("the error is %v", err)
		}
	})
}
