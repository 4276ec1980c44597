package dao

import (
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strings"
)

// JSON is a column that holds a value of any Go type as JSON: jsonb on
// PostgreSQL, text on SQLite. Arrays are held this way on both engines. A pointer
// to it may be NULL.
type JSON[T any] struct{ V T }

var (
	_ sql.Scanner   = (*JSON[any])(nil)
	_ driver.Valuer = JSON[any]{}
)

// isJSON tells a JSON from other types that read and write their values.
type isJSON interface{ holdsJSON() }

func (*JSON[T]) holdsJSON() {}

// escapesNUL reports whether a text in JSON has a NUL, which PostgreSQL refuses and
// SQLite does not.
func escapesNUL(text string) bool {
	for {
		before, after, found := strings.Cut(text, `\u0000`)
		if !found {
			return false
		}
		if slashes := len(before) - len(strings.TrimRight(before, `\`)); slashes%2 == 0 { // or the backslash is one itself
			return true
		}
		text = after
	}
}

// Value implements driver.Valuer.
func (j JSON[T]) Value() (driver.Value, error) {
	text, err := json.Marshal(j.V)
	return string(text), err
}

// Scan implements sql.Scanner.
func (j *JSON[T]) Scan(src any) error {
	var text []byte
	switch src := src.(type) {
	case string:
		text = []byte(src)
	case []byte:
		text = src
	default:
		return fmt.Errorf("dao: a JSON column holds text, not %T", src)
	}
	j.V = *new(T)
	return json.Unmarshal(text, &j.V)
}
