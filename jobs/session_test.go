package jobs_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/jobs"
	"github.com/terem-go/terem/jobs/jobstest"
)

// What a worker wrote is there exactly when its job is done.
func TestSessionOfAJob(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		end   func(ctx context.Context, s *db.Session) error
		rows  []string
		state string
	}{
		"success":   {end: func(context.Context, *db.Session) error { return nil }, rows: []string{"a"}, state: "completed"},
		"an error":  {end: func(context.Context, *db.Session) error { return errHandler }, state: "discarded"},
		"a panic":   {end: func(context.Context, *db.Session) error { panic(errHandler) }, state: "discarded"},
		"Keep":      {end: func(context.Context, *db.Session) error { return db.Keep(errHandler) }, rows: []string{"a"}, state: "discarded"},
		"swallowed": {end: func(ctx context.Context, s *db.Session) error { _, _ = s.Exec(ctx, "SELECT nothing"); return nil }, state: "discarded"},
		"it is taken for lost": {end: func(ctx context.Context, s *db.Session) error {
			// As River does after RescueAfter, here in the session itself.
			_, err := s.Exec(ctx, "UPDATE river_job SET state = 'retryable'")
			return err
		}, state: "discarded"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, d *db.DB) {
				w := jobs.NewWorkers()
				jobs.Add(w, func(ctx context.Context, s *db.Session, job *jobs.Job[Note]) error {
					if err := note(ctx, s, job.Args.Text); err != nil {
						return err
					}
					return c.end(ctx, s)
				})
				start(t, d, w, jobs.Config{})
				enqueue(t, d, Note{"a"}, jobs.MaxAttempts(1))
				eventually(t, "the job is "+c.state, func() bool { return slices.Equal(states(t, d), []string{c.state}) })
				if diff := cmp.Diff(c.rows, texts(t, d)); diff != "" {
					t.Errorf("rows (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// A conflict runs the session again, and not the job.
func TestConflictInAJob(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		var attempts []int
		w := jobs.NewWorkers()
		jobs.Add(w, func(ctx context.Context, s *db.Session, job *jobs.Job[Note]) error {
			attempts = append(attempts, job.Attempt)
			job.Args.Text += "!" // each attempt has the arguments afresh
			return errors.Join(note(ctx, s, job.Args.Text), jobs.Enqueue(ctx, s, Note{"next"}, jobs.Queue("other")))
		})
		dbtest.Retry(d)
		l := newLogs(t)
		start(t, d, w, jobs.Config{Logger: slog.New(l)})
		enqueue(t, d, Note{"a"})
		eventually(t, "the job is done", func() bool { return slices.Equal(states(t, d), []string{"completed", "available"}) })
		if len(attempts) < 4 || slices.Max(attempts) != 1 {
			t.Errorf("the attempts at the job are %v, want the first, a few times", attempts)
		}
		if got := texts(t, d); !slices.Equal(got, []string{"a!"}) {
			t.Errorf("rows: %v", got)
		}
		if logged := l.all(slog.LevelInfo); len(logged) > 0 {
			t.Errorf("logged: %s", everything(logged[0]))
		}
	})
}

// tries is an observer that writes down how often units are tried.
type tries struct {
	mu   sync.Mutex
	list []int
}

func (o *tries) Begin(ctx context.Context, a *db.Attempt) context.Context {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.list = append(o.list, a.Attempts)
	return ctx
}
func (*tries) Before(ctx context.Context, _ *db.Attempt) (context.Context, error) { return ctx, nil }
func (*tries) After(context.Context, *db.Attempt, error)                          {}
func (*tries) End(context.Context, *db.Attempt)                                   {}

// The options of Unit are those of the job's session.
func TestUnit(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		o := new(tries)
		w := jobs.NewWorkers()
		jobs.Add(w, func(context.Context, *db.Session, *jobs.Job[Note]) error {
			o.mu.Lock()
			defer o.mu.Unlock()
			if last := o.list[len(o.list)-1]; last != 7 {
				t.Errorf("the session is tried %d times", last)
			}
			return nil
		}, jobs.Unit(db.Attempts(7)))
		enqueue(t, d, Note{"a"})
		d.Observe(o)
		jobstest.Run(t, d, w)
		if got := states(t, d); !slices.Equal(got, []string{"completed"}) {
			t.Errorf("the jobs are %v", got)
		}
	})
}

// A job's session does not wait for the outside, as that of a request does not.
func TestOutsideInAJob(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]error{"session": db.ErrOutside, "db": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, d *db.DB) {
				w := jobs.NewWorkers()
				scopes[name](w, func(ctx context.Context, do do, job *jobs.Job[Note]) error {
					err := do(ctx, func(ctx context.Context, s *db.Session) error { return writeNote(ctx, s, job) })
					return errors.Join(err, db.Outside(ctx, "calling somebody"))
				})
				enqueue(t, d, Note{"a"})
				if err := w.RunDue(t.Context(), d); !errors.Is(err, want) {
					t.Errorf("the error is %v", err)
				}
			})
		})
	}
}

// A job that no worker runs is tried again, and the log says what may have
// happened.
func TestUnknownKind(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		w := jobs.NewWorkers()
		jobs.Add(w, func(context.Context, *db.Session, *jobs.Job[Step]) error { return nil })
		l := newLogs(t)
		start(t, d, w, jobs.Config{Logger: slog.New(l)})
		enqueue(t, d, Note{"a"})
		eventually(t, "the log says so", func() bool {
			return slices.ContainsFunc(l.all(slog.LevelWarn), func(r slog.Record) bool {
				return strings.Contains(everything(r), "no worker of this program runs test.note")
			})
		})
		if found := l.all(slog.LevelError); len(found) > 0 {
			t.Errorf("the log says it twice: %s", everything(found[0]))
		}
		eventually(t, "the queue says so", func() bool {
			list := read(t, d, func(ctx context.Context, q db.Querier) ([]jobs.Info, error) { return jobs.List(ctx, q, jobs.Filter{}) })
			return len(list[0].Failures) > 0 && strings.Contains(list[0].Failures[0].Error, "jobs.Add was forgotten")
		})
		eventually(t, "it is tried again", func() bool { s := states(t, d); return s[0] == "retryable" || s[0] == "available" })
	})
}

// A worker cannot take what neither writes nor opens units of work.
func TestWorkerDoesNotTakeAReader(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", os.DevNull, "./testdata/reader").CombinedOutput()
	if err == nil {
		t.Fatal("it compiles")
	}
	if text := string(out); !strings.Contains(text, "main.go:16") || !strings.Contains(text, "*db.Reader") {
		t.Errorf("the compiler says:\n%s", text)
	}
}
