package dao

import (
	"errors"
	"fmt"
	"math"
	"reflect"

	"github.com/terem-go/terem/db"
)

// errNoSuchKey is returned for a value that no row can have.
var errNoSuchKey = errors.New("dao: no row can have this key")

// keyArg returns what is written for a value that rows are looked up by.
func (c *column) keyArg(key any) (any, error) {
	if id, ok := key.(int64); ok && c.Kind == "int64" && !c.own { // as most are
		return id, nil
	}
	v := reflect.New(c.typ).Elem()
	if err := c.take(v, reflect.ValueOf(key)); err != nil {
		return nil, err
	}
	arg, err := c.arg(v)
	if db.ClassOf(err) == db.Data {
		return nil, errNoSuchKey
	}
	return arg, err
}

// take sets to, which is of the column's type, to a value that a caller gave: of
// that type or, for integers and strings, of any such type, or of the type that a
// JSON or a Null type holds. A number that does not fit is errNoSuchKey.
func (c *column) take(to, from reflect.Value) error {
	integer := c.integer()
	switch {
	case from.IsValid() && from.Type() == c.typ:
		to.Set(from)
	case c.own && c.takeInner(to, from):
	case c.Kind == "string" && !c.own && from.Kind() == reflect.String:
		to.SetString(from.String())
	case integer && to.CanInt() && from.CanInt():
		if to.OverflowInt(from.Int()) {
			return errNoSuchKey
		}
		to.SetInt(from.Int())
	case integer && to.CanUint() && from.CanUint():
		if to.OverflowUint(from.Uint()) {
			return errNoSuchKey
		}
		to.SetUint(from.Uint())
	case integer && from.CanInt():
		if from.Int() < 0 {
			return errNoSuchKey
		}
		return c.take(to, reflect.ValueOf(uint64(from.Int())))
	case integer && from.CanUint():
		if from.Uint() > math.MaxInt64 {
			return errNoSuchKey
		}
		return c.take(to, reflect.ValueOf(int64(from.Uint())))
	case !from.IsValid():
		return fmt.Errorf("is %s, not nil", c.Type)
	default:
		return fmt.Errorf("is %s, not %s", c.Type, from.Type())
	}
	return nil
}

// takeInner sets a JSON, or a Null type, to the value that it holds, and reports
// whether it holds such values.
func (c *column) takeInner(to, from reflect.Value) bool {
	if to.Kind() != reflect.Struct || to.NumField() == 0 || !from.IsValid() || to.Field(0).Type() != from.Type() || !to.Field(0).CanSet() {
		return false
	}
	valid := to.FieldByName("Valid")
	_, isJSON := to.Addr().Interface().(isJSON)
	switch {
	case isJSON:
	case c.Nullable && valid.Kind() == reflect.Bool && to.NumField() == 2:
		valid.SetBool(true)
	default:
		return false
	}
	to.Field(0).Set(from)
	return true
}
