package jobs_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/jobs"
)

// What has failed for certain is called again, what may have been done is not.
func TestAtMostOnce(t *testing.T) {
	t.Parallel()
	var errFailed, errUnanswered = errors.New("it said no"), errors.New("it did not say")
	each(t, func(t *testing.T, d *db.DB) {
		for name, c := range map[string]struct {
			outcomes []error // of the calls
			begun    bool    // the last run is told so
		}{
			"done":                 {[]error{nil}, false},
			"failed, then done":    {[]error{errFailed, errFailed, nil}, false},
			"unanswered":           {[]error{errUnanswered}, true},
			"failed, unanswered":   {[]error{errFailed, errUnanswered}, true},
			"failed with its time": {[]error{context.DeadlineExceeded, nil}, false},
		} {
			var calls, begun int
			w := jobs.NewWorkers()
			jobs.Add(w, func(ctx context.Context, d *db.DB, job *jobs.Job[Note]) error {
				ctx, cancel := context.WithCancel(ctx)
				defer cancel()
				err := jobs.AtMostOnce(ctx, d, job, "sent", func(err error) bool { return !errors.Is(err, errUnanswered) }, func(context.Context) error {
					outcome := c.outcomes[calls]
					calls++
					if errors.Is(outcome, context.DeadlineExceeded) {
						cancel()
					}
					return outcome
				})
				if errors.Is(err, jobs.ErrBegun) {
					begun++
					return nil
				}
				return err
			}, jobs.Idempotent("it is called at most once"))
			enqueue(t, d, Note{name})
			for late := time.Now().Add(30 * time.Second); !slices.Equal(states(t, d), []string{"completed"}); {
				_ = w.RunDue(t.Context(), d)
				if time.Now().After(late) {
					t.Fatalf("%s: the job is still %v", name, states(t, d))
				}
				err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
					_, err := s.Exec(ctx, "UPDATE river_job SET scheduled_at = created_at WHERE state = 'retryable'")
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			if calls != len(c.outcomes) || begun > 0 != c.begun {
				t.Errorf("%s: it was called %d times, want %d; and not again %d times", name, calls, len(c.outcomes), begun)
			}
			err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
				_, err := s.Exec(ctx, "DELETE FROM river_job")
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}
