package jobs

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
	"time"
)

// Cron is the schedule of a line of crontab, by the clock of a place: five fields
// for minute, hour, day of the month, month and day of the week (0 and 7 are
// Sunday), each *, a number, a range such as 1-5, a list of these, or one of these
// with a step such as */15. Months and days of the week have names, too: jan, mon.
// If both days are given, either will do.
//
//	jobs.Cron("30 3 * * mon-fri", time.UTC)
//
// A time over which the clock is put forward is left out on that day. One that it
// shows twice counts once, unless the line says * for the hour. A line that is none
// is refused by New.
func Cron(line string, loc *time.Location) Schedule {
	c, err := parseCron(line, loc)
	if err != nil {
		return cron{problem: fmt.Errorf("%q is no line of crontab: %w", line, err)}
	}
	return c
}

// set is a set of numbers below 64.
type set uint64

func (s set) has(n int) bool { return s&(1<<n) != 0 }

type cron struct {
	minute, hour, day, month, weekday set
	everyHour                         bool // the line says *
	either                            bool // of the days
	line                              string
	loc                               *time.Location
	problem                           error
}

// cronFields are what the fields of a line may be.
var cronFields = []struct {
	name     string
	min, max int
	names    string // of the numbers from min on
}{
	{"minute", 0, 59, ""},
	{"hour", 0, 23, ""},
	{"day of the month", 1, 31, ""},
	{"month", 1, 12, "jan feb mar apr may jun jul aug sep oct nov dec"},
	{"day of the week", 0, 7, "sun mon tue wed thu fri sat"},
}

func parseCron(line string, loc *time.Location) (cron, error) {
	fields := strings.Fields(line)
	if len(fields) != len(cronFields) {
		return cron{}, fmt.Errorf("it has %d fields and not 5", len(fields))
	}
	if loc == nil {
		return cron{}, fmt.Errorf("its location is nil")
	}
	var sets [5]set
	for i, field := range fields {
		f := cronFields[i]
		for part := range strings.SplitSeq(strings.ToLower(field), ",") {
			s, err := parsePart(part, f.min, f.max, strings.Fields(f.names))
			if err != nil {
				return cron{}, fmt.Errorf("the %s is %q: %w", f.name, field, err)
			}
			sets[i] |= s
		}
	}
	c := cron{minute: sets[0], hour: sets[1], day: sets[2], month: sets[3], weekday: sets[4], loc: loc, line: line}
	if c.weekday.has(7) {
		c.weekday |= 1
	}
	c.everyHour = strings.HasPrefix(fields[1], "*")
	c.either = !strings.HasPrefix(fields[2], "*") && !strings.HasPrefix(fields[4], "*")
	if c.Next(time.Unix(0, 0)).IsZero() {
		return cron{}, fmt.Errorf("there is no such day")
	}
	return c, nil
}

// parsePart parses one item of a list.
func parsePart(part string, low, high int, names []string) (set, error) {
	part, stepText, stepped := strings.Cut(part, "/")
	from, to, ranged := strings.Cut(part, "-")
	first, last := low, high
	if high == 7 {
		last = 6 // * is each day once
	}
	var err error
	if part != "*" {
		first, err = number(from, low, high, names)
		last = first
		switch {
		case err == nil && ranged:
			last, err = number(to, low, high, names)
		case stepped:
			last = high
		}
	}
	step := 1
	if err == nil && stepped {
		step, err = number(stepText, 1, high, nil)
	}
	if err == nil && last < first {
		err = fmt.Errorf("%d comes before %d", last, first)
	}
	var s set
	for n := first; err == nil && n <= last; n += step {
		s |= 1 << n
	}
	return s, err
}

func number(text string, low, high int, names []string) (int, error) {
	for i, name := range names {
		if text == name {
			return low + i, nil
		}
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < low || n > high {
		return 0, fmt.Errorf("%q is no number from %d to %d", text, low, high)
	}
	return n, nil
}

// String says the schedule in words.
func (c cron) String() string { return c.line + " " + c.loc.String() }

// Next implements Schedule. It is zero if there is no such time.
func (c cron) Next(t time.Time) time.Time {
	if c.problem != nil {
		return time.Time{}
	}
	t = t.In(c.loc).Truncate(time.Minute).Add(time.Minute)
	for end := t.AddDate(8, 1, 0); t.Before(end); { // from 2096 to 2104 there is no 29 February
		y, m, d := t.Date()
		switch {
		case !c.month.has(int(m)):
			t = later(t, time.Date(y, m+1, 1, 0, 0, 0, 0, c.loc))
		case !c.onDay(t):
			t = later(t, time.Date(y, m, d+1, 0, 0, 0, 0, c.loc))
		case !c.hour.has(t.Hour()) || !c.everyHour && t.Add(-time.Hour).Hour() == t.Hour(): // the clock shows it again
			t = t.Add(time.Duration(60-t.Minute()) * time.Minute)
		case !c.minute.has(t.Minute()):
			t = t.Add(time.Minute * time.Duration(c.toMinute(t.Minute())))
		default:
			return t
		}
	}
	return time.Time{}
}

// toMinute returns how many minutes behind one the next comes that is set, or the
// next hour.
func (c cron) toMinute(now int) int {
	return min(bits.TrailingZeros64(uint64(c.minute)>>now), 60-now)
}

func (c cron) onDay(t time.Time) bool {
	day, weekday := c.day.has(t.Day()), c.weekday.has(int(t.Weekday()))
	if c.either {
		return day || weekday
	}
	return day && weekday
}

// later returns next, or a later time where the clock is put forward at midnight.
func later(t, next time.Time) time.Time {
	for !next.After(t) {
		next = next.Add(time.Hour)
	}
	return next
}
