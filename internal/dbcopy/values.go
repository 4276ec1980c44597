package dbcopy

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// array reports whether the target has an array, for which the source has JSON.
func (c column) array() bool { return strings.HasSuffix(c.kind, "[]") }

// document reports whether the source has JSON.
func (c column) document() bool { return c.kind == "jsonb" || c.kind == "json" || c.array() }

// written returns what the source holds as PostgreSQL reads it. Arrays stay JSON.
func (c column) written(v any) (string, error) {
	switch v := v.(type) {
	case int64:
		switch c.kind {
		case "boolean":
			if v == 0 || v == 1 {
				return strconv.FormatBool(v == 1), nil
			}
			return "", fmt.Errorf("%d is neither 0 nor 1", v)
		case "bit":
			return fmt.Sprintf("%08b", v), nil
		}
		return strconv.FormatInt(v, 10), nil
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64), nil
	case []byte:
		if c.kind != "bytea" {
			return "", fmt.Errorf("bytes cannot become a %s", c.kind)
		}
		return `\x` + hex.EncodeToString(v), nil
	case string:
		switch {
		case c.kind == "bytea":
			return `\x` + hex.EncodeToString([]byte(v)), nil
		case strings.IndexByte(v, 0) >= 0:
			return "", errors.New("PostgreSQL holds no text with a NUL in it")
		case !utf8.ValidString(v):
			return "", errors.New("a text that is not UTF-8")
		}
		return v, nil
	}
	return "", fmt.Errorf("a %T is not known", v)
}

// arrayOf writes an array of JSON as PostgreSQL reads its own.
func arrayOf(s string) (string, error) {
	var list []json.RawMessage
	if err := json.Unmarshal([]byte(s), &list); err != nil {
		return "", fmt.Errorf("expected an array: %w", err)
	}
	var b strings.Builder
	b.WriteByte('{')
	for i, raw := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		if string(raw) == "null" {
			b.WriteString("NULL")
			continue
		}
		element := string(raw)
		if raw[0] == '"' {
			if err := json.Unmarshal(raw, &element); err != nil {
				return "", err
			}
		}
		b.WriteString(`"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(element) + `"`)
	}
	b.WriteByte('}')
	return b.String(), nil
}

// canonical returns the one form of what either database has written.
func (c column) canonical(s string) (string, error) {
	switch c.kind {
	case "boolean":
		b, err := strconv.ParseBool(s)
		return strconv.FormatBool(b), err
	case "real", "double precision":
		size := 64
		if c.kind == "real" {
			size = 32
		}
		f, err := strconv.ParseFloat(s, size)
		return strconv.FormatFloat(f, 'g', -1, size), err
	case "numeric":
		return number(s), nil
	case "timestamp with time zone", "timestamp without time zone":
		return instant(s)
	case "uuid":
		return strings.ToLower(s), nil
	}
	if c.document() {
		return document(s)
	}
	return s, nil
}

// number returns a decimal without a sign or zeros that say nothing.
func number(s string) string {
	if r, ok := rational(s); ok {
		return r.RatString()
	}
	return s
}

// rational reads a number whose exponent is not beyond all measure.
func rational(s string) (*big.Rat, bool) {
	if _, exponent, ok := strings.Cut(strings.ToLower(s), "e"); ok {
		if n, err := strconv.Atoi(exponent); err != nil || n > 1000 || n < -1000 {
			return nil, false
		}
	}
	return new(big.Rat).SetString(s)
}

// instant returns a time in microseconds since 1970.
func instant(s string) (string, error) {
	for _, layout := range []string{
		"2006-01-02 15:04:05", "2006-01-02 15:04:05Z07", "2006-01-02 15:04:05Z07:00",
		"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02",
	} {
		if t, err := time.Parse(layout, s); err == nil {
			return strconv.FormatInt(t.UnixMicro(), 10), nil
		}
	}
	return "", fmt.Errorf("%q is not a time", s)
}

// document returns JSON with its keys in order, each once, and numbers by value.
func document(s string) (string, error) {
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return "", err
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(byValue(v))
	return b.String(), err
}

func byValue(v any) any {
	switch v := v.(type) {
	case json.Number:
		return map[string]string{"number": number(v.String())}
	case []any:
		for i := range v {
			v[i] = byValue(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = byValue(v[k])
		}
	}
	return v
}
