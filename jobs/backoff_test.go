package jobs_test

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/jobs"
)

func TestDoubling(t *testing.T) {
	t.Parallel()
	after := jobs.Doubling(2*time.Second, 10*time.Second)
	var got []time.Duration
	for _, n := range []int{1, 2, 3, 4, 70, math.MaxInt} {
		got = append(got, after(n)/time.Second)
	}
	if want := []time.Duration{2, 4, 8, 10, 10, 10}; !slices.Equal(got, want) {
		t.Errorf("%v s, want %v s", got, want)
	}
}

// Slow is a job that fails in a queue with a backoff of its own.
type Slow struct{}

func (Slow) Kind() string           { return "test.slow" }
func (Slow) Options() []jobs.Option { return []jobs.Option{jobs.Queue("slow")} }

func TestBackoff(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		hours := func(n int) func(int) time.Duration {
			return func(failed int) time.Duration { return time.Duration(n*failed) * time.Hour }
		}
		w := jobs.NewWorkers()
		jobs.Add(w, func(context.Context, *db.Session, *jobs.Job[Note]) error { return errHandler }, jobs.Backoff(hours(100)))
		jobs.Add(w, func(context.Context, *db.Session, *jobs.Job[Slow]) error { return errHandler })
		ids := []int64{numbered(t, d, Note{"a"}), numbered(t, d, Note{"b"}, jobs.Queue("slow")), numbered(t, d, Slow{})}
		due := numbered(t, d, Note{"due"}, jobs.Queue("due"))
		start(t, d, w, jobs.Config{Queues: map[string]int{"default": 1, "slow": 1}, Backoff: map[string]func(int) time.Duration{"slow": hours(10)}})
		check := func(id int64, want time.Duration) {
			t.Helper()
			eventually(t, "the job has failed", func() bool { return info(t, d, id).State == jobs.StateFailed })
			if got := time.Until(info(t, d, id).DueAt); got < want*89/100 || got > want*111/100 {
				t.Errorf("job %d waits for %v, want about %v", id, got, want)
			}
		}
		check(ids[0], 100*time.Hour)
		check(ids[1], 100*time.Hour) // the worker's goes before the queue's
		check(ids[2], 10*time.Hour)
		must(t, in(t, d, func(ctx context.Context, s *db.Session) error { return jobs.Retry(ctx, s, ids[0]) }))
		eventually(t, "the job has failed again", func() bool { return len(info(t, d, ids[0]).Failures) == 2 })
		check(ids[0], 200*time.Hour)
		if err := w.RunDue(t.Context(), d); err == nil {
			t.Error("nothing failed")
		}
		check(due, 100*time.Hour)
	})
	w := jobs.NewWorkers()
	addNote(w)
	_, err := jobs.New(nil, w, jobs.Config{Backoff: map[string]func(int) time.Duration{"mails": nil}})
	if err == nil || !strings.Contains(err.Error(), `the queue "mails", which Queues does not name`) {
		t.Errorf("a backoff of no queue: %v", err)
	}
}

func TestScheduleInWords(t *testing.T) {
	t.Parallel()
	w := jobs.NewWorkers()
	w.Periodically(jobs.Every(time.Hour), Note{})
	w.Periodically(jobs.Daily(3, 5, time.UTC), Slow{})
	w.Periodically(jobs.Cron("30 3 * * mon-fri", time.UTC), Note{})
	at := time.Date(2026, 11, 27, 12, 30, 0, 0, time.UTC) // a Friday
	want := []jobs.Scheduled{
		{Kind: "test.note", When: "every 1h0m0s", Next: at.Add(30 * time.Minute)},
		{Kind: "test.slow", When: "daily at 3:05 UTC", Next: time.Date(2026, 11, 28, 3, 5, 0, 0, time.UTC)},
		{Kind: "test.note", When: "30 3 * * mon-fri UTC", Next: time.Date(2026, 11, 30, 3, 30, 0, 0, time.UTC)},
	}
	if got := w.Schedule(at); !slices.Equal(got, want) {
		t.Errorf("%v\nwant %v", got, want)
	}
}

func TestShownHidesSecrets(t *testing.T) {
	t.Parallel()
	w := jobs.NewWorkers()
	jobs.Add(w, writeNote, jobs.Hide("iban"))
	got := w.Shown([]byte(`{"name":"<Ada>","n":12345678901234567890,"iban":"x1","list":[{"Access_Token":"x2","iban":{"a":"x3"}}],"newPassword":"x4","ok":true}`))
	want := `{
  "iban": "(hidden)",
  "list": [
    {
      "Access_Token": "(hidden)",
      "iban": "(hidden)"
    }
  ],
  "n": 12345678901234567890,
  "name": "<Ada>",
  "newPassword": "(hidden)",
  "ok": true
}`
	if got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if got := w.Shown([]byte("a secret")); got != jobs.Hidden {
		t.Errorf("what is not JSON is shown as %s", got)
	}
}
