package sqlite

import (
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"time"

	"github.com/terem-go/terem/db"
)

// value returns what is bound for an argument. What is of a type that the
// driver takes is returned as it is, which copies nothing.
func value(arg any) (driver.Value, error) {
	switch v := arg.(type) {
	case nil, int64, string, bool, []byte:
		return arg, nil
	case int:
		return int64(v), nil
	case float64:
		return arg, finite(v)
	case time.Time:
		return timeText(v)
	case json.RawMessage:
		return string(v), nil // as text: SQLite would read a blob as its binary JSON
	case driver.Valuer:
		return valuer(v)
	}
	v := reflect.ValueOf(arg)
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil, nil
		}
		return value(v.Elem().Interface())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return v.Int(), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if v.Uint() > math.MaxInt64 {
			return nil, fmt.Errorf("%d is more than an integer of the database holds", v.Uint())
		}
		return int64(v.Uint()), nil
	case reflect.Float32, reflect.Float64:
		return v.Float(), finite(v.Float())
	case reflect.Bool:
		return v.Bool(), nil
	case reflect.String:
		return v.String(), nil
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return v.Bytes(), nil
		}
	}
	return nil, fmt.Errorf("a %T cannot be stored; give a basic type, a time, bytes, or a type with a Value method (driver.Valuer)", arg)
}

// unfit is the error of an argument that cannot be stored: that of a value which the
// database refuses, as on PostgreSQL.
func unfit(n int, err error) error {
	return &db.Error{Class: db.Data, Err: fmt.Errorf("sqlite: the argument for $%d: %w", n, err)}
}

// finite refuses the number that SQLite would store as NULL.
func finite(f float64) error {
	if math.IsNaN(f) {
		return errors.New("NaN cannot be stored")
	}
	return nil
}

// valuer asks an argument for its value. A nil pointer to a type whose method
// is not on the pointer is NULL, as database/sql has it.
func valuer(v driver.Valuer) (driver.Value, error) {
	r := reflect.ValueOf(v)
	if r.Kind() == reflect.Pointer && r.IsNil() && r.Type().Elem().Implements(reflect.TypeFor[driver.Valuer]()) {
		return nil, nil
	}
	got, err := v.Value()
	if err != nil {
		return nil, fmt.Errorf("the Value method of %T: %w", v, err)
	}
	if _, again := got.(driver.Valuer); again {
		return nil, fmt.Errorf("the Value method of %T returned a %T", v, got)
	}
	return value(got)
}
