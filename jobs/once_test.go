package jobs_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/jobs"
	"github.com/terem-go/terem/jobs/jobstest"
)

// A step happens once, also if the run that did it has failed behind it.
func TestOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		w := jobs.NewWorkers()
		jobs.Add(w, func(ctx context.Context, d *db.DB, job *jobs.Job[Note]) error {
			for _, step := range []string{"one", "two"} {
				err := d.Do(ctx, func(ctx context.Context, s *db.Session) error {
					todo, err := jobs.Once(ctx, s, job, step)
					if err != nil || !todo {
						return err
					}
					return note(ctx, s, job.Args.Text+" "+step)
				})
				if err != nil {
					return err
				}
				if step == "one" && job.Attempt == 1 {
					return errors.New("it ends between the steps")
				}
			}
			return nil
		}, jobs.Idempotent("each step happens once"), jobs.Timeout(time.Hour))
		start(t, d, w, jobs.Config{})
		enqueue(t, d, Note{"a"})
		enqueue(t, d, Note{"b"})
		eventually(t, "both jobs are done", func() bool { return slices.Equal(states(t, d), []string{"completed", "completed"}) })
		got := texts(t, d)
		slices.Sort(got)
		if !slices.Equal(got, []string{"a one", "a two", "b one", "b two"}) {
			t.Errorf("rows: %v", got)
		}
	})
}

// A step whose session was rolled back has yet to be done.
func TestOnceRolledBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		dbtest.Retry(d)
		var done []bool
		w := jobs.NewWorkers()
		jobs.Add(w, func(ctx context.Context, d *db.DB, job *jobs.Job[Note]) error {
			for range 3 {
				var todo bool
				err := d.Do(ctx, func(ctx context.Context, s *db.Session) (err error) {
					if todo, err = jobs.Once(ctx, s, job, "step"); err != nil || len(done) > 0 {
						return err
					}
					return errHandler
				})
				if err != nil && !errors.Is(err, errHandler) {
					return err
				}
				done = append(done, todo)
			}
			return nil
		}, harmless)
		enqueue(t, d, Note{"a"})
		jobstest.Run(t, d, w)
		if !slices.Equal(done, []bool{true, true, false}) {
			t.Errorf("Once reported %v", done)
		}
	})
}

func TestOnceRefuses(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		for step, want := range map[string]string{`no"quotes`: "expected 1 to 100 letters", "": "expected 1 to 100 letters", "step": "there is no job 7"} {
			err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
				todo, err := jobs.Once(ctx, s, &jobs.Job[Note]{ID: 7}, step)
				if todo || err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("step %q: %v, %v", step, todo, err)
				}
				return nil
			})
			if !errors.Is(err, db.ErrSwallowed) {
				t.Errorf("step %q: the session ended with %v", step, err)
			}
		}
	})
}
