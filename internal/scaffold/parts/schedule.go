package parts

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// Schedule says when a task runs: at most one of its fields is set. Without any, the task runs when it is enqueued.
type Schedule struct {
	Every time.Duration // a second at least; its whole multiples, in UTC
	At    string        // a time of day in UTC, as 03:30
	Cron  string        // a line of crontab, in UTC
}

// cronForm is five fields. What is wrong within them is said by jobs.Cron.
var cronForm = regexp.MustCompile(`^[0-9a-zA-Z*/,-]+( [0-9a-zA-Z*/,-]+){4}$`)

// expression returns the schedule in Go, and when that is in words.
func (s Schedule) expression() (expression, when string, err error) {
	switch {
	case s.Every != 0 && s.At != "", s.Every != 0 && s.Cron != "", s.At != "" && s.Cron != "":
		return "", "", errors.New("--every, --at and --cron are schedules of their own: choose one")
	case s.Every < 0 || 0 < s.Every && s.Every < time.Second:
		return "", "", fmt.Errorf("--every %s is too often: a second is the least", s.Every)
	case s.Every > 0:
		expression, when = interval(s.Every)
		return "jobs.Every(" + expression + ")", "every " + when, nil
	case s.At != "":
		at, err := time.Parse("15:04", s.At)
		if err != nil {
			return "", "", fmt.Errorf("--at %q is no time of day: give hours and minutes in UTC, such as 03:30", s.At)
		}
		return fmt.Sprintf("jobs.Daily(%d, %d, time.UTC)", at.Hour(), at.Minute()), "at " + at.Format("15:04") + " UTC every day", nil
	}
	if line := strings.Join(strings.Fields(s.Cron), " "); line != "" {
		if !cronForm.MatchString(line) {
			return "", "", fmt.Errorf("--cron %q is no line of crontab: give minute, hour, day of the month, month and day of the week, such as \"30 3 * * mon-fri\"", s.Cron)
		}
		return fmt.Sprintf("jobs.Cron(%q, time.UTC)", line), "at " + line + " UTC", nil
	}
	return "", "", nil
}

// interval returns a duration in Go, and in words.
func interval(d time.Duration) (expression, words string) {
	for _, u := range []struct {
		unit       time.Duration
		name, word string
	}{{time.Hour, "time.Hour", "hour"}, {time.Minute, "time.Minute", "minute"}, {time.Second, "time.Second", "second"}, {time.Millisecond, "time.Millisecond", "millisecond"}} {
		switch n := d / u.unit; {
		case d%u.unit != 0:
		case n == 1:
			return u.name, u.word
		default:
			return fmt.Sprintf("%d*%s", n, u.name), fmt.Sprintf("%d %ss", n, u.word)
		}
	}
	return fmt.Sprintf("%d*time.Nanosecond", d), strings.TrimSpace(d.String())
}
