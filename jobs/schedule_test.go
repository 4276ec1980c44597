package jobs_test

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/jobs"
)

// cron is jobs.Cron of a line that is right.
func cron(t *testing.T, line string, loc *time.Location) jobs.Schedule {
	t.Helper()
	s := jobs.Cron(line, loc)
	if s.Next(time.Now()).IsZero() {
		t.Fatalf("%s is refused", line)
	}
	return s
}

func TestSchedules(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	cairo, err := time.LoadLocation("Africa/Cairo")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		s    jobs.Schedule
		from string
		next []string // one after the other
	}{
		{"on the hour", jobs.Every(time.Hour), "2026-05-01T10:20:30Z", []string{"2026-05-01T11:00:00Z", "2026-05-01T12:00:00Z"}},
		{"at such a time", jobs.Every(time.Hour), "2026-05-01T10:00:00Z", []string{"2026-05-01T11:00:00Z"}},
		{"midnight", jobs.Every(24 * time.Hour), "2026-05-01T10:20:30+09:00", []string{"2026-05-02T00:00:00Z"}},
		{"cron: quarters", cron(t, "*/15 * * * *", time.UTC), "2026-05-01T23:31:05Z", []string{"2026-05-01T23:45:00Z", "2026-05-02T00:00:00Z"}},
		{"cron: working days", cron(t, "30 3 * * mon-FRI", time.UTC), "2026-05-01T03:30:00Z", []string{"2026-05-04T03:30:00Z", "2026-05-05T03:30:00Z"}},
		{"cron: lists and steps", cron(t, "5,10-20/5 8/8 1 jan,12 *", time.UTC), "2026-01-01T16:20:00Z", []string{"2026-12-01T08:05:00Z", "2026-12-01T08:10:00Z", "2026-12-01T08:15:00Z", "2026-12-01T08:20:00Z", "2026-12-01T16:05:00Z"}},
		{"cron: either day", cron(t, "0 0 13 * fri", time.UTC), "2026-05-08T00:00:00Z", []string{"2026-05-13T00:00:00Z", "2026-05-15T00:00:00Z"}},
		{"cron: Sunday is 7, too", cron(t, "0 0 * * 5-7", time.UTC), "2026-05-02T00:00:00Z", []string{"2026-05-03T00:00:00Z", "2026-05-08T00:00:00Z"}},
		{"cron: leap days", cron(t, "0 0 29 2 *", time.UTC), "2096-03-01T00:00:00Z", []string{"2104-02-29T00:00:00Z"}},
		{"cron: by the clock of a place", cron(t, "30 3 * * *", berlin), "2026-05-01T00:00:00Z", []string{"2026-05-01T01:30:00Z"}},
		{"cron: when the clock shows it twice", cron(t, "30 2 * * *", berlin), "2026-10-24T12:00:00Z", []string{"2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"}},
		{"cron: when each hour counts", cron(t, "30 * * * *", berlin), "2026-10-25T00:00:00Z", []string{"2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z"}},
		{"cron: when the clock leaves it out", cron(t, "30 2 * * *", berlin), "2026-03-28T12:00:00Z", []string{"2026-03-30T00:30:00Z"}},
		{"cron: when the clock leaves midnight out", cron(t, "0 * 26 4 *", cairo), "2024-04-25T12:00:00Z", []string{"2024-04-25T22:00:00Z", "2024-04-25T23:00:00Z"}},
		{"later today", jobs.Daily(3, 30, time.UTC), "2026-05-01T03:29:59Z", []string{"2026-05-01T03:30:00Z", "2026-05-02T03:30:00Z"}},
		{"tomorrow", jobs.Daily(3, 30, time.UTC), "2026-12-31T03:30:00Z", []string{"2027-01-01T03:30:00Z"}},
		{"by the clock of a place", jobs.Daily(3, 30, berlin), "2026-05-01T00:00:00Z", []string{"2026-05-01T01:30:00Z"}},
		{"before winter and in it", jobs.Daily(2, 30, berlin), "2026-10-24T12:00:00Z", []string{"2026-10-25T01:30:00Z", "2026-10-26T01:30:00Z"}},
		{"when the clock leaves it out", jobs.Daily(2, 30, berlin), "2026-03-28T12:00:00Z", []string{"2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"}},
	} {
		at, err := time.Parse(time.RFC3339, c.from)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for range c.next {
			at = c.s.Next(at)
			got = append(got, at.UTC().Format(time.RFC3339))
		}
		if diff := cmp.Diff(c.next, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// Of many clients one enqueues a job, once for each time of its schedule.
func TestPeriodically(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		for range 3 {
			w := jobs.NewWorkers()
			jobs.Add(w, writeNote)
			w.Periodically(jobs.Every(time.Second), Note{"tick"}, jobs.Queue("ticks"))
			start(t, d, w, jobs.Config{Logger: slog.New(slog.DiscardHandler)})
		}
		eventually(t, "there are ticks", func() bool { return len(states(t, d)) >= 4 })
		due := column[time.Time](t, d, "SELECT scheduled_at FROM river_job WHERE queue = 'ticks' ORDER BY id")
		for i, at := range due {
			if at.Nanosecond() != 0 || i > 0 && at.Sub(due[i-1]) != time.Second {
				t.Errorf("the ticks are due at %v", due)
				break
			}
		}
		if got := slices.Compact(states(t, d)); !slices.Equal(got, []string{"available"}) {
			t.Errorf("the jobs are %v", got)
		}
	})
}

// ticking enqueues a job at every second, which nobody runs.
func ticking() *jobs.Workers {
	w := jobs.NewWorkers()
	jobs.Add(w, writeNote)
	w.Periodically(jobs.Every(time.Second), Note{"tick"}, jobs.Queue("ticks"))
	return w
}

// schedule is another process that does.
func schedule(ctx context.Context, d *db.DB) error { return run(ctx, d, ticking()) }

// ticks returns when they were due.
func ticks(t *testing.T, d *db.DB) []time.Time {
	t.Helper()
	return column[time.Time](t, d, "SELECT scheduled_at FROM river_job WHERE queue = 'ticks' ORDER BY scheduled_at, id")
}

// A time of the schedule at which no process ran is left out, and the next one is
// not.
func TestScheduleMissed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		start := func() *jobs.Client {
			n := len(ticks(t, d))
			c := start(t, d, ticking(), jobs.Config{})
			eventually(t, "there is a tick", func() bool { return len(ticks(t, d)) > n })
			return c
		}
		if _, err := stop(t, start(), 10*time.Second); err != nil {
			t.Error(err)
		}
		before := ticks(t, d)
		last := before[len(before)-1]
		time.Sleep(time.Until(last.Add(2500 * time.Millisecond))) // two ticks
		start()
		if next := ticks(t, d)[len(before)]; next.Sub(last) < 3*time.Second {
			t.Errorf("after %v, %v is made up for", last, next)
		}
	})
}
