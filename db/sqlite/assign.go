package sqlite

import (
	"database/sql/driver"
	"fmt"
	"math"
	"reflect"
	"time"
)

// assign puts a value of the driver into one of a basic kind.
func assign(to reflect.Value, src driver.Value) error {
	ok := false
	switch to.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		var n int64
		if n, ok = integer(src); ok && !to.OverflowInt(n) {
			to.SetInt(n)
			return nil
		}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		var n int64
		if n, ok = integer(src); ok && n >= 0 && !to.OverflowUint(uint64(n)) {
			to.SetUint(uint64(n))
			return nil
		}
	case reflect.Float32, reflect.Float64:
		var f float64
		if f, ok = float(src); ok && !to.OverflowFloat(f) {
			to.SetFloat(f)
			return nil
		}
	case reflect.Bool:
		if n, is := src.(int64); is && n>>1 == 0 {
			to.SetBool(n == 1)
			return nil
		}
	case reflect.String:
		if s, is := characters(src); is {
			to.SetString(s)
			return nil
		}
	case reflect.Slice:
		if to.Type().Elem().Kind() == reflect.Uint8 {
			if b, is := bytes(src); is {
				to.SetBytes(b)
				return nil
			}
		}
	}
	switch {
	case ok:
		return fmt.Errorf("its number does not fit into %s", to.Type())
	case src == nil:
		return fmt.Errorf("it is NULL, which %s cannot hold; scan into *%s", to.Type(), to.Type())
	}
	return fmt.Errorf("it is %s, which %s cannot hold", describe(src), to.Type())
}

// integer returns a value as a whole number, which one in a REAL column may be
// too.
func integer(src driver.Value) (int64, bool) {
	switch v := src.(type) {
	case int64:
		return v, true
	case float64:
		return int64(v), v == math.Trunc(v) && math.Abs(v) < 1<<63
	}
	return 0, false
}

func float(src driver.Value) (float64, bool) {
	switch v := src.(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

func characters(src driver.Value) (string, bool) {
	switch v := src.(type) {
	case string:
		return v, true
	case []byte:
		return string(v), true
	case time.Time:
		return v.Format(timeLayout), true
	}
	return "", false
}

func bytes(src driver.Value) ([]byte, bool) {
	switch v := src.(type) {
	case nil:
		return nil, true
	case []byte:
		return v, true // the driver made it for this row
	}
	s, ok := characters(src)
	return []byte(s), ok
}

// describe names the type of a value and not the value, which may be a secret.
func describe(src driver.Value) string {
	switch src.(type) {
	case int64:
		return "an integer"
	case float64:
		return "a real number"
	case string:
		return "text"
	case []byte:
		return "a blob"
	}
	return fmt.Sprintf("a %T", src)
}
