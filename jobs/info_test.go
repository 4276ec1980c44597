package jobs_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
	"github.com/terem-go/terem/jobs"
	"github.com/terem-go/terem/jobs/jobstest"
)

// numbered enqueues a job and returns its number.
func numbered(t *testing.T, d *db.DB, args jobs.Args, opts ...jobs.Option) (id int64) {
	t.Helper()
	enqueue(t, d, args, append(opts, jobs.ID(&id))...)
	return id
}

// read runs f with a reader.
func read[T any](t *testing.T, d *db.DB, f func(ctx context.Context, q db.Querier) (T, error)) (got T) {
	t.Helper()
	must(t, d.Read(t.Context(), func(ctx context.Context, r *db.Reader) (err error) {
		got, err = f(ctx, r)
		return err
	}))
	return got
}

// info returns what the queue knows of a job.
func info(t *testing.T, d *db.DB, id int64) *jobs.Info {
	t.Helper()
	return read(t, d, func(ctx context.Context, q db.Querier) (*jobs.Info, error) { return jobs.Get(ctx, q, id) })
}

func TestID(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		enqueue(t, d, Note{"another"})
		id := numbered(t, d, Note{"a"}, jobs.Unique)
		if again := numbered(t, d, Note{"a"}, jobs.Unique); id == 0 || again != id {
			t.Errorf("the job is %d, and then %d", id, again)
		}
		if got := string(info(t, d, id).Args); !strings.Contains(got, `"a"`) {
			t.Errorf("job %d has %s", id, got)
		}
		err := in(t, d, func(ctx context.Context, s *db.Session) error {
			_ = jobs.EnqueueMany(ctx, s, []Note{{"b"}, {"c"}}, jobs.ID(&id))
			return nil
		})
		if err == nil || !strings.Contains(err.Error(), "jobs.ID is for one job") {
			t.Errorf("the number of two jobs: %v", err)
		}
	})
}

func TestGet(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		w := jobs.NewWorkers()
		jobs.Add(w, func(_ context.Context, _ *db.Session, job *jobs.Job[Note]) error {
			if job.Args.Text == "panics" {
				panic("no such luck")
			}
			return errHandler
		})
		id := numbered(t, d, Note{"a"}, jobs.Priority(2), jobs.MaxAttempts(1), jobs.Queue("slow"))
		i := info(t, d, id)
		if i.Kind != "test.note" || i.Queue != "slow" || i.State != jobs.StateWaiting || i.Priority != 2 || i.Attempt != 0 || i.MaxAttempts != 1 ||
			i.BeganAt != nil || i.EndedAt != nil || i.Progress != nil || i.Result != nil || len(i.Failures) > 0 || i.LastFailure() != (jobs.Failure{}) {
			t.Errorf("before it is run: %+v", i)
		}
		if time.Since(i.EnqueuedAt).Abs() > time.Minute || time.Since(i.DueAt).Abs() > time.Minute {
			t.Errorf("enqueued at %v, due at %v", i.EnqueuedAt, i.DueAt)
		}
		if err := w.RunDue(t.Context(), d); err == nil {
			t.Fatal("it did not fail")
		}
		i = info(t, d, id)
		if i.State != jobs.StateGivenUp || i.Attempt != 1 || i.BeganAt == nil || i.EndedAt == nil || i.LastFailure().Error != errHandler.Error() || i.LastFailure().Attempt != 1 {
			t.Errorf("afterwards: %+v", i)
		}
		err := d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
			_, err := jobs.Get(ctx, r, 4711)
			return err
		})
		if !errs.HasKind(err, errs.NotFound) {
			t.Errorf("a job that is not there: %v", err)
		}
		start(t, d, w, jobs.Config{})
		id = numbered(t, d, Note{"panics"})
		eventually(t, "the job has failed", func() bool { return info(t, d, id).State == jobs.StateFailed })
		f := info(t, d, id).LastFailure()
		if f.Summary() != "panic: no such luck" || !strings.Contains(f.Error, "info_test.go:") {
			t.Errorf("of a panic the queue keeps %q", f.Error)
		}
	})
}

func TestList(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		list := func(f jobs.Filter) (ids []int64) {
			for _, i := range read(t, d, func(ctx context.Context, q db.Querier) ([]jobs.Info, error) { return jobs.List(ctx, q, f) }) {
				if i.Args != nil || i.Result != nil {
					t.Errorf("a list has %s and %s", i.Args, i.Result)
				}
				ids = append(ids, i.ID)
			}
			return ids
		}
		w := jobs.NewWorkers()
		jobs.Add(w, func(context.Context, *db.Session, *jobs.Job[Note]) error { return errHandler })
		failed := numbered(t, d, Note{"a"})
		if err := w.RunDue(t.Context(), d); err == nil {
			t.Fatal("it did not fail")
		}
		later, slow := numbered(t, d, Note{"b"}, jobs.In(time.Hour)), numbered(t, d, Note{"c"}, jobs.Queue("slow"))
		for _, c := range []struct {
			filter jobs.Filter
			want   []int64
		}{
			{jobs.Filter{}, []int64{slow, later, failed}},
			{jobs.Filter{Limit: 2}, []int64{slow, later}},
			{jobs.Filter{Limit: 2, Before: later}, []int64{failed}},
			{jobs.Filter{State: jobs.StateFailed}, []int64{failed}},
			{jobs.Filter{State: jobs.StateLater, Queue: "default", Kind: "test.note"}, []int64{later}},
			{jobs.Filter{Queue: "slow"}, []int64{slow}},
			{jobs.Filter{Kind: "other"}, nil},
		} {
			if got := list(c.filter); !slices.Equal(got, c.want) {
				t.Errorf("%+v: %v, want %v", c.filter, got, c.want)
			}
		}
		last := read(t, d, func(ctx context.Context, q db.Querier) ([]jobs.Info, error) {
			return jobs.List(ctx, q, jobs.Filter{State: jobs.StateFailed})
		})[0].Failures
		if len(last) != 1 || last[0].Error != errHandler.Error() {
			t.Errorf("the last failure is %+v", last)
		}
		err := d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
			_, err := jobs.List(ctx, r, jobs.Filter{State: "lost"})
			return err
		})
		if err == nil || !strings.Contains(err.Error(), `"lost" is no state`) {
			t.Errorf("a state that there is not: %v", err)
		}
	})
}

func TestListIsBounded(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		must(t, in(t, d, func(ctx context.Context, s *db.Session) error { return jobs.EnqueueMany(ctx, s, make([]Note, 1001)) }))
		for limit, want := range map[int]int{-1: 50, 0: 50, 51: 51, 5000: 1000} {
			list := read(t, d, func(ctx context.Context, q db.Querier) ([]jobs.Info, error) {
				return jobs.List(ctx, q, jobs.Filter{Limit: limit})
			})
			if len(list) != want {
				t.Errorf("Limit %d: %d jobs, want %d", limit, len(list), want)
			}
		}
	})
}

func TestWhatIsInQueues(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		queues := func() string {
			var b strings.Builder
			for _, q := range read(t, d, jobs.Queues) {
				fmt.Fprintf(&b, "%s %t %t %v\n", q.Name, q.SeenAt != nil, q.PausedAt != nil, q.Jobs)
			}
			return b.String()
		}
		if got := queues(); got != "" {
			t.Errorf("at first: %s", got)
		}
		enqueue(t, d, Note{"a"}, jobs.Queue("slow"))
		enqueue(t, d, Note{"b"}, jobs.Queue("slow"), jobs.In(time.Hour))
		enqueue(t, d, Note{"c"}, jobs.Queue("mails"))
		w := jobs.NewWorkers()
		addNote(w)
		start(t, d, w, jobs.Config{})
		pause := func() bool {
			return in(t, d, func(ctx context.Context, s *db.Session) error { return jobs.Pause(ctx, s, "default") }) == nil
		}
		eventually(t, "the queue is known", pause)
		want := "default true true map[failed:0 given up:0 later:0 running:0 waiting:0]\n" +
			"mails false false map[failed:0 given up:0 later:0 running:0 waiting:1]\n" +
			"slow false false map[failed:0 given up:0 later:1 running:0 waiting:1]\n"
		if diff := cmp.Diff(want, queues()); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
}

func TestProgressAndResult(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		var began []jobs.Progress
		w := jobs.NewWorkers()
		jobs.Add(w, func(ctx context.Context, d *db.DB, job *jobs.Job[Note]) error {
			began = append(began, job.Progress)
			for done := job.Progress.Done; done < 4; done++ {
				err := d.Do(ctx, func(ctx context.Context, s *db.Session) error {
					if err := note(ctx, s, fmt.Sprint("part ", done)); err != nil {
						return err
					}
					return jobs.SetProgress(ctx, s, job, jobs.Progress{Done: done + 1, Total: 4, Note: "parts"})
				})
				if err != nil {
					return err
				}
				if done == 1 && job.Attempt == 1 {
					return errHandler
				}
			}
			return d.Do(ctx, func(ctx context.Context, s *db.Session) error {
				return jobs.SetResult(ctx, s, job, map[string]int{"n": 4})
			})
		}, harmless)
		id := numbered(t, d, Note{"a"})
		if err := w.RunDue(t.Context(), d); err == nil {
			t.Fatal("it did not fail")
		}
		if got := info(t, d, id).Progress; got == nil || *got != (jobs.Progress{Done: 2, Total: 4, Note: "parts"}) {
			t.Errorf("the first attempt has come to %v", got)
		}
		must(t, in(t, d, func(ctx context.Context, s *db.Session) error { return jobs.Retry(ctx, s, id) }))
		jobstest.Run(t, d, w)
		if want := []jobs.Progress{{}, {Done: 2, Total: 4, Note: "parts"}}; !slices.Equal(began, want) {
			t.Errorf("the attempts began at %v, want %v", began, want)
		}
		i := info(t, d, id)
		if i.State != jobs.StateDone || i.Progress.Done != 4 || strings.ReplaceAll(string(i.Result), " ", "") != `{"n":4}` {
			t.Errorf("the job is %s, has come to %v and %s", i.State, i.Progress, i.Result)
		}
		if got := texts(t, d); !slices.Equal(got, []string{"part 0", "part 1", "part 2", "part 3"}) {
			t.Errorf("rows: %v", got)
		}
	})
}

// A result is kept by a running client, too, with the completion in the session.
func TestResultInTheSession(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		w := jobs.NewWorkers()
		jobs.Add(w, func(ctx context.Context, s *db.Session, job *jobs.Job[Note]) error {
			if err := jobs.SetResult(ctx, s, job, "of attempt "+fmt.Sprint(job.Attempt)); err != nil {
				return err
			}
			if job.Attempt == 1 {
				return errHandler
			}
			return nil
		}, jobs.Backoff(func(int) time.Duration { return 0 }))
		id := numbered(t, d, Note{"a"})
		start(t, d, w, jobs.Config{})
		eventually(t, "the job is done", func() bool {
			i := info(t, d, id)
			if i.State != jobs.StateDone && i.Result != nil {
				t.Errorf("it is %s and has the result %s", i.State, i.Result)
			}
			return i.State == jobs.StateDone
		})
		if got := string(info(t, d, id).Result); got != `"of attempt 2"` {
			t.Errorf("the result is %s", got)
		}
	})
}

func TestWhatIsNotKeptWithAJob(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		id := numbered(t, d, Note{"a"})
		for want, f := range map[string]func(context.Context, *db.Session) error{
			"its note has 201 bytes": func(ctx context.Context, s *db.Session) error {
				return jobs.SetProgress(ctx, s, &jobs.Job[Note]{ID: id}, jobs.Progress{Note: strings.Repeat("n", 201)})
			},
			"at most 1048576 are kept": func(ctx context.Context, s *db.Session) error {
				return jobs.SetResult(ctx, s, &jobs.Job[Note]{ID: id}, strings.Repeat("n", 1<<20))
			},
			"json: unsupported type": func(ctx context.Context, s *db.Session) error {
				return jobs.SetResult(ctx, s, &jobs.Job[Note]{ID: id}, func() {})
			},
			"there is no job 4711": func(ctx context.Context, s *db.Session) error {
				return jobs.SetResult(ctx, s, &jobs.Job[Note]{ID: 4711}, 1)
			},
			"taken for lost": func(ctx context.Context, s *db.Session) error { // it does not run
				return jobs.SetProgress(ctx, s, &jobs.Job[Note]{ID: id, Attempt: 1}, jobs.Progress{Done: 1})
			},
		} {
			err := in(t, d, func(ctx context.Context, s *db.Session) error {
				_ = f(ctx, s) // a session fails even so
				return nil
			})
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%v, want %q", err, want)
			}
		}
	})
}

// What a run says is not kept once its job was given to another run, or is done.
func TestProgressOfARunThatIsOver(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		say := func(job *jobs.Job[Note]) error {
			return d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
				return jobs.SetProgress(ctx, s, job, jobs.Progress{Done: 1})
			})
		}
		var runs []*jobs.Job[Note]
		w := jobs.NewWorkers()
		jobs.Add(w, func(_ context.Context, _ *db.DB, job *jobs.Job[Note]) error {
			runs = append(runs, job)
			if len(runs) == 1 {
				return errHandler
			}
			if err := say(runs[0]); err == nil || !strings.Contains(err.Error(), "taken for lost") {
				t.Errorf("the first run says something during the second: %v", err)
			}
			return say(job)
		}, harmless)
		id := numbered(t, d, Note{"a"})
		if err := w.RunDue(t.Context(), d); err == nil {
			t.Fatal("it did not fail")
		}
		must(t, in(t, d, func(ctx context.Context, s *db.Session) error { return jobs.Retry(ctx, s, id) }))
		jobstest.Run(t, d, w)
		if err := say(runs[1]); err == nil || !strings.Contains(err.Error(), "taken for lost") {
			t.Errorf("the second run says something after its end: %v", err)
		}
	})
}
