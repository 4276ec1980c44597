package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/jobs"
)

// Poison is a job that harms whoever runs it.
type Poison struct{ How string }

func (Poison) Kind() string { return "test.poison" }

func poison(how string) error {
	switch how {
	case "panic":
		panic("poisoned")
	case "nil":
		var p *Poison
		return errors.New(p.How)
	case "kill":
		os.Exit(3) // as by a fault of memory, or of the operating system
	}
	return nil
}

// poisoned returns workers for poisoned jobs, and for others.
func poisoned(add func(*jobs.Workers, func(how string) error)) *jobs.Workers {
	w := jobs.NewWorkers()
	jobs.Add(w, writeNote)
	add(w, poison)
	return w
}

// poisonScopes add one that takes a session, and one that takes the database.
var poisonScopes = map[string]func(w *jobs.Workers, f func(how string) error){
	"session": func(w *jobs.Workers, f func(string) error) {
		jobs.Add(w, func(_ context.Context, _ *db.Session, job *jobs.Job[Poison]) error { return f(job.Args.How) })
	},
	"db": func(w *jobs.Workers, f func(string) error) {
		jobs.Add(w, func(_ context.Context, _ *db.DB, job *jobs.Job[Poison]) error { return f(job.Args.How) }, harmless)
	},
}

// Unfit are arguments of the kind of Poison that its type does not decode.
type Unfit []int

func (Unfit) Kind() string { return Poison{}.Kind() }

// discarded returns the errors that are kept of the poisoned jobs that were given
// up.
func discarded(t *testing.T, d *db.DB) []string {
	t.Helper()
	kept := map[db.Dialect]string{db.Postgres: "array_to_json(errors)::text", db.SQLite: "json(errors)"}[d.Dialect()]
	return column[string](t, d, "SELECT "+kept+" FROM river_job WHERE kind = 'test.poison' AND state = 'discarded' ORDER BY id")
}

// A job that panics, or whose arguments do not fit, stops no others, and is given
// up in the end with its errors kept. There is one place for all of them.
func TestPoisonedJob(t *testing.T) {
	t.Parallel()
	for scope, add := range poisonScopes {
		t.Run(scope, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, d *db.DB) {
				const attempts = 2
				must(t, in(t, d, func(ctx context.Context, s *db.Session) error {
					for i, args := range []jobs.Args{Poison{"panic"}, Note{"a"}, Unfit{1}, Note{"b"}, Poison{"nil"}, Note{"c"}} {
						if err := jobs.Enqueue(ctx, s, args, jobs.MaxAttempts(attempts)); err != nil {
							return fmt.Errorf("%d: %w", i, err)
						}
					}
					return nil
				}))
				start(t, d, poisoned(add), jobs.Config{Logger: slog.New(slog.DiscardHandler), Queues: map[string]int{"default": 1}})
				eventually(t, "the others are done", func() bool { return slices.Equal(texts(t, d), []string{"a", "b", "c"}) })
				eventually(t, "the poisoned are given up", func() bool { return len(discarded(t, d)) == 3 })
				for i, want := range []string{"panic: poisoned", "do not fit into a jobs_test.Poison", "nil pointer"} {
					if got := discarded(t, d)[i]; strings.Count(got, want) != attempts {
						t.Errorf("want %q of each attempt, and not %s", want, got)
					}
				}
			})
		})
	}
}

// drink runs poisoned jobs and others, of which those are due for a rescue soon
// that have died with another process.
func drink(ctx context.Context, d *db.DB) error {
	return runWith(ctx, d, poisoned(poisonScopes["session"]), jobs.Config{Timeout: time.Second / 2, RescueAfter: time.Second})
}

// A job that kills every process that runs it is given up as well, and others are
// done that were killed along with it.
func TestPoisonThatKills(t *testing.T) {
	t.Parallel()
	processes(t, func(t *testing.T, url string, d *db.DB) {
		const attempts = 2
		enqueue(t, d, Note{"a"})
		enqueue(t, d, Poison{"kill"}, jobs.MaxAttempts(attempts))
		enqueue(t, d, Note{"b"})
		died := 0
		eventually(t, "it is given up", func() bool {
			p := startProcess(t, url, "drink")
			p.await(t, "working")
			eventually(t, "the process has died, or all is done", func() bool {
				select {
				case _, alive := <-p.said:
					if alive {
						return false
					}
					died++
					_ = p.Wait()
					return true
				default:
				}
				hasten(t, d)
				return len(discarded(t, d)) == 1 && len(texts(t, d)) == 2
			})
			if len(discarded(t, d)) == 1 && len(texts(t, d)) == 2 {
				p.kill(t)
				return true
			}
			time.Sleep(time.Second) // until its jobs are taken for lost
			must(t, in(t, d, func(ctx context.Context, s *db.Session) error {
				_, err := s.Exec(ctx, "DELETE FROM river_leader") // as 15 s later
				return err
			}))
			return false
		})
		if died != attempts {
			t.Errorf("%d processes died of a job that has %d attempts", died, attempts)
		}
		if got := discarded(t, d)[0]; strings.Count(got, `"error"`) != attempts {
			t.Errorf("its errors are %s", got)
		}
	})
}

// hasten makes those due that wait for another attempt.
func hasten(t *testing.T, d *db.DB) {
	t.Helper()
	now := map[db.Dialect]string{db.Postgres: "now()", db.SQLite: "datetime('now', 'subsec')"}[d.Dialect()]
	must(t, in(t, d, func(ctx context.Context, s *db.Session) error {
		_, err := s.Exec(ctx, "UPDATE river_job SET state = 'available', scheduled_at = "+now+" WHERE state = 'retryable'")
		return err
	}))
}

// A worker that does not return, whatever its context says, does not hold the only
// place of its queue for ever, nor what it has locked in the database.
func TestWorkerHangs(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		release := make(chan struct{})
		w := jobs.NewWorkers()
		jobs.Add(w, func(ctx context.Context, s *db.Session, job *jobs.Job[Note]) error {
			err := note(ctx, s, job.Args.Text)
			if job.Args.Text == "hangs" && job.Attempt == 1 {
				<-release
			}
			return err
		}, jobs.Timeout(time.Second))
		enqueue(t, d, Note{"hangs"})
		enqueue(t, d, Note{"waits"})
		l := newLogs(t)
		start(t, d, w, jobs.Config{Logger: slog.New(l), Queues: map[string]int{"default": 1}})
		defer close(release)
		eventually(t, "the other job has run", func() bool { return slices.Contains(texts(t, d), "waits") })
		if !slices.ContainsFunc(l.all(slog.LevelError), func(r slog.Record) bool { return strings.HasPrefix(r.Message, "a job does not return") }) {
			t.Error("it was not logged")
		}
	})
}
