package sqlite

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// timeLayout is how times are stored: in UTC, as text that sorts as they do and
// that SQLite's functions for dates and times can read.
const timeLayout = "2006-01-02 15:04:05.000000"

// timeText returns a time as it is stored. What is less than a microsecond is
// cut off, as PostgreSQL keeps none of it either.
func timeText(t time.Time) (driver.Value, error) {
	t = t.UTC()
	if y := t.Year(); y < 0 || y > 9999 {
		return nil, fmt.Errorf("the year %d cannot be stored; years go from 0 to 9999", y)
	}
	return t.Format(timeLayout), nil
}

// asTime returns a value as a time in UTC. The driver makes times of text in
// columns that are declared DATE, DATETIME or TIMESTAMP.
func asTime(src driver.Value) (time.Time, bool) {
	switch v := src.(type) {
	case time.Time:
		return v, true
	case string:
		return parseTime(v)
	}
	return time.Time{}, false
}

// parseTime reads a time as timeText or one of SQLite's functions wrote it.
// Fractions of a second need no place in the layouts.
func parseTime(s string) (time.Time, bool) {
	for _, layout := range []string{
		"2006-01-02 15:04:05",
		"2006-01-02T15:04:05Z07:00",
		"2006-01-02 15:04:05Z07:00",
		"2006-01-02T15:04:05",
		"2006-01-02 15:04",
		"2006-01-02",
	} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}
