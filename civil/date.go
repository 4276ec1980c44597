// Package civil has dates as people write them into calendars: days without a time and without a place.
package civil

import (
	"database/sql"
	"database/sql/driver"
	"encoding"
	"errors"
	"fmt"
	"time"
)

// Date is a day, such as a birthday or the day on which something is due. It is not a moment: the 27th of November begins
// in Tokyo before it begins in Lisbon.
//
// Dates are values: they are compared with == and Compare, and can be keys of maps. The zero Date is the first of January
// of the year 1, as that of time.Time is, and says by IsZero that nobody has set it. A date that may be missing is a *Date.
//
// As text, in JSON and in parameters it is 2026-11-27. A column of it is a DATE on PostgreSQL and such a text on SQLite,
// which both sort by the day. Text and columns hold the years from 1 to 9999; another one is an error there.
type Date struct{ days int32 } // since the zero Date

var (
	_ sql.Scanner              = (*Date)(nil)
	_ driver.Valuer            = Date{}
	_ encoding.TextMarshaler   = Date{}
	_ encoding.TextUnmarshaler = (*Date)(nil)
	_ fmt.Stringer             = Date{}
)

// epoch is how many days the zero Date is before 1970.
const epoch = 719162

const day = 24 * 60 * 60 // seconds

// NewDate returns a date. Months and days outside of their usual ranges count on, as those of time.Date do: the 32nd of
// October is the first of November.
func NewDate(year int, month time.Month, dayOfMonth int) Date {
	return Date{int32(time.Date(year, month, dayOfMonth, 0, 0, 0, 0, time.UTC).Unix()/day + epoch)}
}

// DateOf returns the date of a moment in the moment's place: civil.DateOf(time.Now().In(berlin)) is today in Berlin.
func DateOf(t time.Time) Date { return NewDate(t.Date()) }

// ParseDate reads a date such as 2026-11-27.
func ParseDate(text string) (Date, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || t.Year() < 1 {
		return Date{}, fmt.Errorf("civil: %q is not a date, such as 2006-01-31", text)
	}
	return DateOf(t), nil
}

// In returns the midnight with which the date begins in a place; where clocks skip that, the moment that time.Date takes
// for it.
func (d Date) In(place *time.Location) time.Time {
	year, month, dayOfMonth := d.Date()
	return time.Date(year, month, dayOfMonth, 0, 0, 0, 0, place)
}

// utc returns the midnight with which the date begins in UTC.
func (d Date) utc() time.Time { return time.Unix((int64(d.days)-epoch)*day, 0).UTC() }

// Date returns the year, the month and the day of the month.
func (d Date) Date() (year int, month time.Month, dayOfMonth int) { return d.utc().Date() }

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// AddDays returns the date some days later, or earlier if there are fewer than none. Months and years are added by NewDate:
// civil.NewDate(year, month+1, dayOfMonth).
func (d Date) AddDays(days int) Date { return Date{d.days + int32(days)} }

// DaysSince returns how many days the date is after another one.
func (d Date) DaysSince(other Date) int { return int(d.days) - int(other.days) }

// Compare returns -1 if the date is before the other one, 1 if it is after it, and 0 if they are equal: it is for
// slices.SortFunc.
func (d Date) Compare(other Date) int {
	switch {
	case d.days < other.days:
		return -1
	case d.days > other.days:
		return 1
	}
	return 0
}

// Before reports whether the date is before another one.
func (d Date) Before(other Date) bool { return d.days < other.days }

// After reports whether the date is after another one.
func (d Date) After(other Date) bool { return d.days > other.days }

// Equal reports whether two dates are the same, as == does. It is for packages that compare by a method, such as go-cmp.
func (d Date) Equal(other Date) bool { return d == other }

// IsZero reports whether the date is the zero Date.
func (d Date) IsZero() bool { return d.days == 0 }

// String returns the date as 2026-11-27.
func (d Date) String() string { return d.utc().Format(time.DateOnly) }

// Format returns the date in a layout of package time, such as "2 January 2006".
func (d Date) Format(layout string) string { return d.utc().Format(layout) }

// errYear is returned for a date that has no text.
var errYear = errors.New("civil: a date as text is in a year from 1 to 9999")

// MarshalText implements encoding.TextMarshaler. A date outside of the years from 1 to 9999 is an error.
func (d Date) MarshalText() ([]byte, error) {
	if year := d.utc().Year(); year < 1 || year > 9999 {
		return nil, errYear
	}
	return []byte(d.String()), nil
}

// UnmarshalText implements encoding.TextUnmarshaler. It takes what ParseDate takes.
func (d *Date) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDate(string(text))
	return err
}

// Value implements driver.Valuer.
func (d Date) Value() (driver.Value, error) {
	text, err := d.MarshalText()
	return string(text), err
}

// Scan implements sql.Scanner. It takes the text of a date, and the time.Time that drivers make of a DATE.
func (d *Date) Scan(src any) error {
	switch src := src.(type) {
	case string:
		return d.UnmarshalText([]byte(src))
	case []byte:
		return d.UnmarshalText(src)
	case time.Time:
		*d = DateOf(src)
		return nil
	}
	return fmt.Errorf("civil: a Date cannot hold a %T", src)
}
