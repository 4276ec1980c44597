package utils

import (
	"encoding"
	"time"
)

// Moment is a time as clients see it: in UTC, with three digits of a second.
type Moment time.Time

var (
	_ encoding.TextMarshaler   = Moment{}
	_ encoding.TextUnmarshaler = (*Moment)(nil)
)

const moment = "2006-01-02T15:04:05.000Z07:00"

// MarshalText implements encoding.TextMarshaler.
func (m Moment) MarshalText() ([]byte, error) {
	return time.Time(m).UTC().AppendFormat(nil, moment), nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (m *Moment) UnmarshalText(text []byte) error {
	t, err := time.Parse(time.RFC3339, string(text))
	*m = Moment(t)
	return err
}
