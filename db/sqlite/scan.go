package sqlite

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"reflect"
	"time"
)

// scan copies a value of the driver into what dest points at.
func scan(dest any, src driver.Value) error {
	switch d := dest.(type) { // the common ones first, which need no reflection
	case *int64:
		if v, ok := src.(int64); ok {
			*d = v
			return nil
		}
	case *string:
		if v, ok := src.(string); ok {
			*d = v
			return nil
		}
	case *time.Time:
		if t, ok := asTime(src); ok {
			*d = t
			return nil
		}
	case *any:
		*d = src
		return nil
	case *sql.RawBytes:
		return errors.New("sql.RawBytes would be gone with the row; scan into a []byte")
	case sql.Scanner:
		return scanner(d, src)
	}
	p := reflect.ValueOf(dest)
	if p.Kind() != reflect.Pointer || p.IsNil() {
		return fmt.Errorf("%T is not a pointer to scan into", dest)
	}
	to := p.Elem()
	if to.Kind() != reflect.Pointer {
		return assign(to, src)
	}
	if src == nil {
		to.SetZero()
		return nil
	}
	fresh := reflect.New(to.Type().Elem())
	if err := scan(fresh.Interface(), src); err != nil {
		return err
	}
	to.Set(fresh)
	return nil
}

// scanner gives a value to a Scan method. Columns without a declared type, such
// as max(created_at), hold times as text, which types for times do not take.
func scanner(d sql.Scanner, src driver.Value) error {
	err := d.Scan(src)
	if s, ok := src.(string); ok && err != nil {
		if t, ok := parseTime(s); ok && d.Scan(t) == nil {
			return nil
		}
	}
	return err
}
