package jobstest_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/jobs"
	"github.com/terem-go/terem/jobs/jobstest"
)

// Count is a job that counts down: it enqueues the next number.
type Count struct {
	From int `json:"from"`
}

func (Count) Kind() string { return "test.count" }

// Other is another kind of job.
type Other struct{}

func (Other) Kind() string { return "test.other" }

func enqueue(t *testing.T, d *db.DB, args jobs.Args, opts ...jobs.Option) {
	t.Helper()
	err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error { return jobs.Enqueue(ctx, s, args, opts...) })
	if err != nil {
		t.Fatal(err)
	}
}

func waiting(t *testing.T, d *db.DB) (list []Count) {
	t.Helper()
	err := d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
		list = jobstest.Enqueued[Count](t, r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// counting returns workers and where they write down what they ran.
func counting(fail int) (*jobs.Workers, *[]string) {
	ran := new([]string)
	w := jobs.NewWorkers()
	jobs.Add(w, func(ctx context.Context, s *db.Session, job *jobs.Job[Count]) error {
		*ran = append(*ran, fmt.Sprintf("%d, attempt %d", job.Args.From, job.Attempt))
		if job.Args.From == fail {
			return errors.New("oops")
		}
		if job.Args.From == 0 {
			return nil
		}
		return jobs.Enqueue(ctx, s, Count{job.Args.From - 1})
	})
	return w, ran
}

func TestRun(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, jobs.Migrations().FS, func(t *testing.T, d *db.DB) {
		w, ran := counting(-1)
		enqueue(t, d, Count{2})
		enqueue(t, d, Count{7}, jobs.In(time.Hour))
		enqueue(t, d, Count{0}, jobs.Queue("other"))
		if diff := cmp.Diff([]Count{{2}, {7}, {0}}, waiting(t, d)); diff != "" {
			t.Errorf("waiting (-want +got):\n%s", diff)
		}
		jobstest.Run(t, d, w)
		if diff := cmp.Diff([]string{"2, attempt 1", "1, attempt 1", "0, attempt 1", "0, attempt 1"}, *ran); diff != "" {
			t.Errorf("ran (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]Count{{7}}, waiting(t, d)); diff != "" {
			t.Errorf("still waiting (-want +got):\n%s", diff)
		}
		jobstest.Run(t, d, w)
		if len(*ran) != 4 {
			t.Errorf("ran again: %v", *ran)
		}
	})
}

// failing is a test that may fail.
type failing struct {
	testing.TB
	said string
}

func (f *failing) Error(args ...any) { f.said += fmt.Sprint(args...) }

func TestRunFails(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, jobs.Migrations().FS, func(t *testing.T, d *db.DB) {
		w, ran := counting(1)
		enqueue(t, d, Count{1})
		enqueue(t, d, Count{1}, jobs.MaxAttempts(1))
		enqueue(t, d, Other{})
		enqueue(t, d, Count{0})
		f := &failing{TB: t}
		jobstest.Run(f, d, w)
		for _, want := range []string{"test.count, attempt 1 of 25: oops", "test.count, attempt 1 of 1: oops", "test.other"} {
			if !strings.Contains(f.said, want) {
				t.Errorf("%q is not in what the test failed with: %s", want, f.said)
			}
		}
		if diff := cmp.Diff([]string{"1, attempt 1", "1, attempt 1", "0, attempt 1"}, *ran); diff != "" {
			t.Errorf("ran (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]Count{{1}}, waiting(t, d)); diff != "" { // to be tried again; the other is given up
			t.Errorf("still waiting (-want +got):\n%s", diff)
		}
	})
}
