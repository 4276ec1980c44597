package dao

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/terem-go/terem/db"
)

// field returns the column's field in v, or v itself if the column is not one
// of a struct.
func (c *column) field(v reflect.Value) reflect.Value {
	for _, i := range c.index {
		v = v.Field(i)
	}
	return v
}

// destination returns a pointer to the column's field in v, for Rows.Scan. A
// field of a named type is handed out as the basic type that it is made of: the
// two have the same form in memory.
func (c *column) destination(v reflect.Value) any {
	return reflect.NewAt(c.dest, c.field(v).Addr().UnsafePointer()).Interface()
}

// destinations returns the destinations of several columns.
func destinations(v reflect.Value, columns []*column) []any {
	dest := make([]any, len(columns))
	for i, c := range columns {
		dest[i] = c.destination(v)
	}
	return dest
}

// arg returns what is written for a field: nil, a value of a basic type, or what
// the type's own Value returns. A time in the field is first cut to what is
// stored: UTC, microseconds.
func (c *column) arg(field reflect.Value) (any, error) {
	if field.Kind() == reflect.Pointer {
		if field.IsNil() {
			return nil, nil
		}
		if c.Kind == KindTime && !c.own { // what it points at may not be the row's own
			p := field.Addr().Interface().(**time.Time)
			t, err := c.moment(**p)
			*p = &t
			return t, err
		}
		field = field.Elem()
	}
	if c.own {
		return c.ownArg(field)
	}
	switch c.Kind {
	case KindTime:
		t := field.Addr().Interface().(*time.Time)
		var err error
		*t, err = c.moment(*t)
		return *t, err
	case KindBytes:
		b := field.Bytes()
		if b == nil {
			b = []byte{} // nil would be NULL
		}
		return b, c.fits(len(b))
	case "string":
		return c.text(field.String())
	}
	return c.number(field)
}

// ownArg returns what the field's type writes.
func (c *column) ownArg(field reflect.Value) (any, error) {
	v, err := field.Addr().Interface().(driver.Valuer).Value()
	if err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case time.Time:
		return c.moment(v)
	case string:
		switch {
		case c.Kind == KindDecimal:
			return c.decimal(v)
		case c.Kind == KindJSON && escapesNUL(v):
			return nil, c.refused("a text in JSON must be without NUL")
		}
		return c.text(v)
	}
	return v, nil
}

// text returns a text that the column can hold.
func (c *column) text(s string) (any, error) {
	if strings.IndexByte(s, 0) >= 0 || !utf8.ValidString(s) {
		return nil, c.refused("a text must be UTF-8 without NUL")
	}
	if c.Values != nil && !slices.Contains(c.Values, s) {
		return nil, c.refused("expected one of " + strings.Join(c.Values, ", "))
	}
	if c.Size > 0 && len(s) > c.Size { // more bytes may still be few enough characters
		return s, c.fits(utf8.RuneCountInString(s))
	}
	return s, nil
}

// moment returns a time as it is stored. One that JSON cannot show in UTC is refused:
// a client may send it all the same, as 9999-12-31T23:59:59-14:00.
func (c *column) moment(t time.Time) (time.Time, error) {
	t = stored(t)
	if y := t.Year(); y < 0 || y > 9999 {
		return t, c.refused("a time is from the year 0 to 9999 in UTC")
	}
	return t, nil
}

// integer reports whether the column holds integers.
func (c *column) integer() bool {
	v := reflect.Zero(c.typ)
	return !c.own && (v.CanInt() || v.CanUint())
}

// number returns what is written for a number or a bool.
func (c *column) number(v reflect.Value) (any, error) {
	switch {
	case v.CanInt():
		return v.Int(), nil
	case v.CanUint():
		if v.Uint() > math.MaxInt64 {
			return nil, c.refused("the number is too large for a column")
		}
		return int64(v.Uint()), nil
	case v.CanFloat():
		if math.IsNaN(v.Float()) {
			return nil, c.refused("NaN is not a value for a column")
		}
		return v.Float(), nil
	}
	return v.Bool(), nil
}

// fits says whether a string or []byte of a length is within the column's size,
// which SQLite does not know of.
func (c *column) fits(length int) error {
	if c.Size == 0 || length <= c.Size {
		return nil
	}
	return c.refused(fmt.Sprintf("a length of %d is over the size of %d", length, c.Size))
}

// refused returns the error of a value that the column cannot hold: that of a
// database that refuses it.
func (c *column) refused(reason string) error {
	return &db.Error{Class: db.Data, Columns: []string{c.Name}, Err: errors.New("dao: the column " + c.Name + ": " + reason)}
}

// stored returns t as it is stored: in UTC, cut to microseconds.
func stored(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
