package postgres

import (
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

// utc returns args with times in UTC: pgx sends the clock of a time's own zone
// to a column without one.
func utc(args []any) []any {
	copied := false
	for i, arg := range args {
		var t time.Time
		switch arg := arg.(type) {
		case time.Time:
			t = arg
		case *time.Time:
			if arg == nil {
				continue
			}
			t = *arg
		default:
			continue
		}
		if !copied { // the caller's slice stays as it is
			args, copied = slices.Clone(args), true
		}
		args[i] = t.UTC()
	}
	return args
}

// plain returns a value as the *any of an application gets it: in the types
// that SQLite has, where there is one.
func plain(v any) any {
	switch v := v.(type) {
	case int16:
		return int64(v)
	case int32:
		return int64(v)
	case float32:
		return float64(v)
	case [16]byte:
		return pgtype.UUID{Bytes: v, Valid: true}.String()
	case pgtype.Numeric:
		if s, err := v.Value(); err == nil {
			return s
		}
	}
	return v
}
