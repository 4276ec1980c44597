package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/jobs"
	"github.com/terem-go/terem/migrate"
)

func TestRuns(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		got := make(chan jobs.Job[Note], 1)
		w := jobs.NewWorkers()
		jobs.Add(w, func(ctx context.Context, s *db.Session, job *jobs.Job[Note]) error {
			got <- *job
			return writeNote(ctx, s, job)
		})
		start(t, d, w, jobs.Config{})
		begin := time.Now()
		enqueue(t, d, Note{"a"}, jobs.MaxAttempts(7))
		job := <-got
		if age := job.EnqueuedAt.Sub(begin).Abs(); age > 5*time.Second || job.DueAt.Sub(begin).Abs() > 5*time.Second || job.ID == 0 {
			t.Errorf("the job is %+v", job)
		}
		want := jobs.Job[Note]{ID: job.ID, Args: Note{"a"}, Queue: "default", Attempt: 1, MaxAttempts: 7, EnqueuedAt: job.EnqueuedAt, DueAt: job.DueAt}
		if diff := cmp.Diff(want, job); diff != "" {
			t.Errorf("the job (-want +got):\n%s", diff)
		}
		eventually(t, "the job is done", func() bool { return slices.Equal(states(t, d), []string{"completed"}) })
		if got := texts(t, d); !slices.Equal(got, []string{"a"}) {
			t.Errorf("rows: %v", got)
		}
	})
}

// A job that fails, in whatever way, is tried again, and each failure is logged
// without the job's arguments.
func TestFailures(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func(ctx context.Context) error{
		"an error":  func(context.Context) error { return errors.New("the listener is down") },
		"a panic":   func(context.Context) error { panic("the listener is down") },
		"an exit":   func(context.Context) error { runtime.Goexit(); return nil },
		"a timeout": func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			limit := time.Minute
			if name == "a timeout" {
				limit = 200 * time.Millisecond
			}
			eachScope(t, func(t *testing.T, d *db.DB, add adder) {
				w := jobs.NewWorkers()
				add(w, func(ctx context.Context, do do, job *jobs.Job[Note]) error {
					if job.Attempt == 1 {
						return fail(ctx)
					}
					return do(ctx, func(ctx context.Context, s *db.Session) error { return writeNote(ctx, s, job) })
				}, jobs.Timeout(limit))
				l := newLogs(t)
				start(t, d, w, jobs.Config{Logger: slog.New(l)})
				enqueue(t, d, Note{"a secret"})
				eventually(t, "the job has run again", func() bool { return slices.Equal(texts(t, d), []string{"a secret"}) })
				eventually(t, "the job is done", func() bool { return slices.Equal(states(t, d), []string{"completed"}) })
				logged := l.all(slog.LevelInfo)
				if len(logged) == 0 || len(logged) > 1 && name != "a timeout" { // a busy machine takes longer than that, too
					t.Errorf("logged: %v", logged)
				}
				for _, r := range logged {
					if r.Level != slog.LevelWarn || !strings.Contains(r.Message, "tried again") {
						t.Errorf("logged: %v", r)
					}
				}
				for _, r := range l.all(slog.LevelDebug) {
					if text := everything(r); strings.Contains(text, "secret") {
						t.Errorf("an argument is in the log: %s", text)
					}
				}
				if text := everything(logged[0]); !strings.Contains(text, "test.note") || name == "a panic" != strings.Contains(text, "debug.Stack") {
					t.Errorf("logged: %s", text)
				}
			})
		})
	}
}

func everything(r slog.Record) string {
	text := r.Message
	r.Attrs(func(a slog.Attr) bool { text += " " + a.String(); return true })
	return text
}

// A job whose attempts are used up is given up.
func TestGivesUp(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		w := jobs.NewWorkers()
		jobs.Add(w, func(context.Context, *db.Session, *jobs.Job[Note]) error { return errHandler })
		l := newLogs(t)
		start(t, d, w, jobs.Config{Logger: slog.New(l)})
		enqueue(t, d, Note{"a"}, jobs.MaxAttempts(2))
		eventually(t, "the job is given up", func() bool { return slices.Equal(states(t, d), []string{"discarded"}) })
		var levels []string
		for _, r := range l.all(slog.LevelInfo) {
			levels = append(levels, r.Level.String())
		}
		if diff := cmp.Diff([]string{"WARN", "ERROR"}, levels); diff != "" {
			t.Errorf("logged (-want +got):\n%s", diff)
		}
	})
}

// A queue runs as many jobs at a time as its setting says, and one that is not
// set none.
func TestQueues(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		var now atomic.Int32
		w := jobs.NewWorkers()
		jobs.Add(w, func(ctx context.Context, s *db.Session, job *jobs.Job[Note]) error {
			defer now.Add(-1)
			if n := now.Add(1); n > 2 {
				t.Errorf("%d jobs run at a time", n)
			}
			time.Sleep(20 * time.Millisecond)
			return writeNote(ctx, s, job)
		})
		start(t, d, w, jobs.Config{Queues: map[string]int{"a": 2}})
		enqueue(t, d, Note{"not looked at"})
		for i := range 10 {
			enqueue(t, d, Note{fmt.Sprint(i)}, jobs.Queue("a"))
		}
		eventually(t, "the queue is empty", func() bool { return len(texts(t, d)) == 10 })
		if got := enqueued(t, d); !slices.Equal(got, []string{"not looked at"}) {
			t.Errorf("still waiting: %v", got)
		}
	})
}

// A client that is started before its tables are there works once they are.
func TestStartsLater(t *testing.T) {
	t.Parallel()
	eachEmpty(t, func(t *testing.T, d *db.DB) {
		w := jobs.NewWorkers()
		jobs.Add(w, writeNote)
		start(t, d, w, jobs.Config{})
		time.Sleep(100 * time.Millisecond)
		m, err := migrate.New(d, schema, migrate.Config{Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Up(t.Context()); err != nil {
			t.Fatal(err)
		}
		enqueue(t, d, Note{"a"})
		eventually(t, "the job has run", func() bool { return len(texts(t, d)) == 1 })
	})
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		for want, c := range map[string]struct {
			w      func(w *jobs.Workers)
			config jobs.Config
		}{
			"no workers": {w: func(*jobs.Workers) {}},
			"two workers for test.note": {w: func(w *jobs.Workers) {
				jobs.Add(w, writeNote)
				jobs.Add(w, writeNote)
			}},
			"the worker for test.note takes a *db.DB, so a job may be run twice": {w: func(w *jobs.Workers) {
				jobs.Add(w, func(context.Context, *db.DB, *jobs.Job[Note]) error { return nil })
			}},
			"say why that does no harm": {w: func(w *jobs.Workers) {
				jobs.Add(w, func(context.Context, *db.DB, *jobs.Job[Note]) error { return nil }, jobs.Idempotent(" "))
			}},
			"leave out jobs.Idempotent": {w: func(w *jobs.Workers) { jobs.Add(w, writeNote, harmless) }},
			"name the options of jobs.Unit there": {w: func(w *jobs.Workers) {
				jobs.Add(w, func(context.Context, *db.DB, *jobs.Job[Note]) error { return nil }, harmless, jobs.Unit(db.Serializable))
			}},
			"timeout of the worker for test.note": {w: func(w *jobs.Workers) { jobs.Add(w, writeNote, jobs.Timeout(-1)) }},
			"test.broken is enqueued periodically but has no worker": {w: func(w *jobs.Workers) {
				jobs.Add(w, writeNote)
				w.Periodically(jobs.Every(time.Hour), broken{})
			}},
			"below one second": {w: func(w *jobs.Workers) {
				jobs.Add(w, writeNote)
				w.Periodically(jobs.Every(time.Millisecond), Note{})
			}},
			`test.note: "61 * * * *" is no line of crontab: the minute is "61": "61" is no number from 0 to 59`: {w: scheduled("61 * * * *")},
			"the month is \"jan-\"":                          {w: scheduled("0 0 1 jan- *")},
			`the day of the week is "5-3": 3 comes before 5`: {w: scheduled("0 0 * * 5-3")},
			"it has 4 fields and not 5":                      {w: scheduled("0 0 * *")},
			"there is no such day":                           {w: scheduled("0 0 30 2 *")},
			`"0" is no number from 1 to 59`:                  {w: scheduled("*/0 * * * *")},
			"from 0:00 to 23:59": {w: func(w *jobs.Workers) {
				jobs.Add(w, writeNote)
				w.Periodically(jobs.Daily(24, 0, time.UTC), Note{})
			}},
			"run twice":                       {w: addNote, config: jobs.Config{RescueAfter: time.Second}},
			"invalid number of workers":       {w: addNote, config: jobs.Config{Queues: map[string]int{"a": 0}}},
			"a client that works no queue":    {w: addNote, config: jobs.Config{Queues: map[string]int{}}},
			"the timeout of jobs is negative": {w: addNote, config: jobs.Config{Timeout: -1}},
		} {
			w := jobs.NewWorkers()
			c.w(w)
			if _, err := jobs.New(d, w, c.config); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("for %q the error is %v", want, err)
			}
		}
	})
}

// scheduled adds a worker and its jobs at the times of a line of crontab.
func scheduled(line string) func(w *jobs.Workers) {
	return func(w *jobs.Workers) {
		addNote(w)
		w.Periodically(jobs.Cron(line, time.UTC), Note{})
	}
}

func addNote(w *jobs.Workers) { jobs.Add(w, writeNote) }
