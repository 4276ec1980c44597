package jobs

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// Schedule says when a job is to be enqueued.
type Schedule interface {
	// Next returns the first time after t.
	Next(t time.Time) time.Time
}

// A Schedule with a method String says by it on the operator's pages what it is.
var _ = []fmt.Stringer{every(0), daily{}, cron{}}

// Periodically enqueues a job at each time of a schedule. Of all processes that
// work the database, one does so. A time at which none runs is left out; a process
// that stood still makes up for those that no other one has enqueued. Of two
// schedules of the same job, a time that both have counts once.
func (w *Workers) Periodically(s Schedule, args Args, opts ...Option) {
	w.schedule = append(w.schedule, periodic{s, args, opts})
}

// Every is the schedule of the times that are whole multiples of d, in UTC:
// Every(time.Hour) is on the hour, and Every(24*time.Hour) at midnight. A restart
// does not move them. d is a second at least.
func Every(d time.Duration) Schedule { return every(d) }

type every time.Duration

// String says the schedule in words.
func (e every) String() string { return "every " + time.Duration(e).String() }

// Next implements Schedule.
func (e every) Next(t time.Time) time.Time {
	return t.Truncate(time.Duration(e)).Add(time.Duration(e))
}

// Daily is the schedule of one time a day by the clock of a place. Where the
// clock is put forward over it, it is an hour off on that day.
func Daily(hour, minute int, loc *time.Location) Schedule { return daily{hour, minute, loc} }

type daily struct {
	hour, minute int
	loc          *time.Location
}

// String says the schedule in words.
func (d daily) String() string { return fmt.Sprintf("daily at %d:%02d %s", d.hour, d.minute, d.loc) }

// Next implements Schedule.
func (d daily) Next(t time.Time) time.Time {
	y, m, day := t.In(d.loc).Date()
	for ; ; day++ {
		if next := time.Date(y, m, day, d.hour, d.minute, 0, 0, d.loc); next.After(t) {
			return next
		}
	}
}

// periodic is a job that is enqueued by a schedule.
type periodic struct {
	schedule Schedule
	args     Args
	opts     []Option
}

func (p periodic) check() error {
	switch s := p.schedule.(type) {
	case every:
		if time.Duration(s) < time.Second {
			return errors.New("its interval is below one second")
		}
	case cron:
		return s.problem
	case daily:
		if s.hour < 0 || s.hour > 23 || s.minute < 0 || s.minute > 59 || s.loc == nil {
			return errors.New("a daily time is from 0:00 to 23:59, in a location that is not nil")
		}
	}
	return nil
}

// Scheduled is a job that is enqueued by a schedule.
type Scheduled struct {
	Kind string
	When string    // the schedule in words, such as "daily at 3:30 UTC"
	Next time.Time // when it is enqueued next
}

// Schedule returns which jobs are enqueued by themselves, in the order in which
// Periodically was told of them. When they were last, List says with their Kind.
func (w *Workers) Schedule(now time.Time) []Scheduled {
	list := make([]Scheduled, len(w.schedule))
	for i, p := range w.schedule {
		when := fmt.Sprintf("%T", p.schedule)
		if s, ok := p.schedule.(fmt.Stringer); ok {
			when = s.String()
		}
		list[i] = Scheduled{Kind: p.args.Kind(), When: when, Next: p.schedule.Next(now)}
	}
	return list
}

func (p periodic) river() *river.PeriodicJob {
	return river.NewPeriodicJob(p.schedule, func() (river.JobArgs, *river.InsertOpts) {
		return p.args, optionsOf(p.args, p.opts).river()
	}, nil)
}

// tick has a client enqueue a job once for each time of its schedule: a process that
// stood still does not know at once that another one does so by now, and makes up
// for what it has missed.
type tick struct{ river.HookDefaults }

var _ rivertype.HookInsertBegin = (*tick)(nil)

// InsertBegin implements rivertype.HookInsertBegin. What a client enqueues is
// scheduled: sessions have clients of their own.
func (*tick) InsertBegin(_ context.Context, j *rivertype.JobInsertParams) error {
	if j.UniqueKey == nil && j.ScheduledAt != nil {
		key := sha256.Sum256(fmt.Appendf(nil, "terem:tick %s %q %s %d", j.Kind, j.Queue, j.EncodedArgs, j.ScheduledAt.UnixNano()))
		j.UniqueKey, j.UniqueStates = key[:], math.MaxUint8 // whatever became of the other
	}
	return nil
}
