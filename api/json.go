package api

import (
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
)

// maxDepth limits how deeply the arrays and objects of a body may be nested: a
// type that contains itself would be validated, and complained about, on every
// level.
const maxDepth = 100

// jsonFormat is how huma reads bodies: once into an any, which it validates,
// and once into the input. It writes nothing that is sent.
var jsonFormat = huma.Format{Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: decodeJSON}

// decodeJSON is stricter than encoding/json where the two readings of a body
// could differ, so that what was validated is what the handler gets.
func decodeJSON(data []byte, v any) error {
	if !utf8.Valid(data) {
		return errors.New("the body is not UTF-8")
	}
	if err := json.Unmarshal(data, v); err != nil {
		return unfit(err)
	}
	parsed, ok := v.(*any)
	if !ok {
		return nil
	}
	written, depth := measure(data)
	if depth > maxDepth {
		return &bodyError{"", "expected fewer levels of arrays and objects"}
	}
	members, nul := inspect(*parsed)
	if members != written {
		return &bodyError{"", "expected every name once in an object"}
	}
	if nul {
		return &bodyError{"", "expected text without the character U+0000"}
	}
	return nil
}

// bodyError is what is wrong with a whole body that is JSON. Huma passes on the
// text of errors only, so the text carries the field.
type bodyError struct{ field, message string }

const bodyMark = "\x00"

func (e *bodyError) Error() string { return bodyMark + e.field + bodyMark + e.message }

// parseBodyError returns what a bodyError's text carries.
func parseBodyError(text string) (e bodyError, ok bool) {
	if text, ok = strings.CutPrefix(text, bodyMark); ok {
		e.field, e.message, ok = strings.Cut(text, bodyMark)
	}
	return e, ok
}

// unfit replaces errors of encoding/json and of the methods that it calls,
// which name types of Go and quote what the client sent.
func unfit(err error) error {
	var syntax *json.SyntaxError
	var typ *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return err
	case errors.As(err, &typ):
		return &bodyError{typ.Field, "expected a value that fits"}
	}
	return &bodyError{"", "expected values that fit"}
}

// measure returns how many members the objects in valid JSON have as they are
// written, and how deeply arrays and objects are nested.
func measure(data []byte) (members, depth int) {
	level := 0
	for i := 0; i < len(data); i++ {
		switch data[i] {
		case '"':
			for i++; data[i] != '"'; i++ {
				if data[i] == '\\' {
					i++
				}
			}
		case '{', '[':
			level++
			depth = max(depth, level)
		case '}', ']':
			level--
		case ':':
			members++
		}
	}
	return members, depth
}

// inspect returns how many members the objects in v have, and whether a text
// has the character U+0000, which PostgreSQL cannot store.
func inspect(v any) (members int, nul bool) {
	switch v := v.(type) {
	case string:
		nul = hasNUL(v)
	case []any:
		for _, e := range v {
			n, found := inspect(e)
			members, nul = members+n, nul || found
		}
	case map[string]any:
		members = len(v)
		for k, e := range v {
			n, found := inspect(e)
			members, nul = members+n, nul || found || hasNUL(k)
		}
	}
	return members, nul
}

func hasNUL(s string) bool { return strings.IndexByte(s, 0) >= 0 }
