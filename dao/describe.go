package dao

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"
)

// column is a Column and the way to its field.
type column struct {
	Column
	index []int        // of the field and of the structs that it is embedded in
	typ   reflect.Type // of the field, without the pointer of a nullable one
	dest  reflect.Type // what rows are scanned into in the field's memory
}

var (
	timeType    = reflect.TypeFor[time.Time]()
	bytesType   = reflect.TypeFor[[]byte]()
	scannerType = reflect.TypeFor[sql.Scanner]()
	valuerType  = reflect.TypeFor[driver.Valuer]()
)

// basics are the types that values are scanned as, by the kind of their field's
// type, so that an engine never sees a type of the application's.
var basics = map[reflect.Kind]reflect.Type{
	reflect.Bool:    reflect.TypeFor[bool](),
	reflect.Int:     reflect.TypeFor[int](),
	reflect.Int8:    reflect.TypeFor[int8](),
	reflect.Int16:   reflect.TypeFor[int16](),
	reflect.Int32:   reflect.TypeFor[int32](),
	reflect.Int64:   reflect.TypeFor[int64](),
	reflect.Uint:    reflect.TypeFor[uint](),
	reflect.Uint8:   reflect.TypeFor[uint8](),
	reflect.Uint16:  reflect.TypeFor[uint16](),
	reflect.Uint32:  reflect.TypeFor[uint32](),
	reflect.Uint64:  reflect.TypeFor[uint64](),
	reflect.Float32: reflect.TypeFor[float32](),
	reflect.Float64: reflect.TypeFor[float64](),
	reflect.String:  reflect.TypeFor[string](),
}

// describe reads the columns of a struct from its tags. The error names every
// field that is wrong, with the reason.
func describe(t reflect.Type) ([]*column, error) {
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("dao: %s is not a struct", t)
	}
	d := describer{root: t, fields: map[string]string{}}
	d.walk(t, nil, "")
	if d.problems == nil && d.columns == nil {
		return nil, fmt.Errorf("dao: %s has no columns", t)
	}
	return d.columns, errors.Join(d.problems...)
}

type describer struct {
	root     reflect.Type
	columns  []*column
	fields   map[string]string // by the name of their column
	problems []error
}

func (d *describer) walk(t reflect.Type, index []int, prefix string) {
	for i := range t.NumField() {
		f := t.Field(i)
		tag, tagged := f.Tag.Lookup("db")
		path, at := prefix+f.Name, append(index[:len(index):len(index)], i)
		switch {
		case tag == "-", !tagged && !f.Anonymous && !f.IsExported():
		case !tagged && f.Anonymous && f.Type.Kind() == reflect.Struct && f.Type != timeType:
			d.walk(f.Type, at, path+".")
		case !tagged && f.Anonymous && f.Type.Kind() == reflect.Pointer:
			d.problem(path, errors.New("is embedded by a pointer: embed the struct itself"))
		case !tagged:
			d.problem(path, errors.New(`has no db tag: name its column, or leave it out with db:"-"`))
		case !f.IsExported():
			d.problem(path, errors.New("has a db tag and is not exported"))
		default:
			d.add(f.Type, tag, path, at)
		}
	}
}

func (d *describer) add(t reflect.Type, tag, path string, index []int) {
	c, err := newColumn(t)
	if err == nil {
		c.Field, c.index = path, index
		err = c.parseTag(tag)
	}
	if err != nil {
		d.problem(path, err)
		return
	}
	if other, taken := d.fields[c.Name]; taken {
		d.problem(path, fmt.Errorf("the column %s is that of the field %s already", c.Name, other))
		return
	}
	d.fields[c.Name] = path
	d.columns = append(d.columns, c)
}

func (d *describer) problem(field string, err error) {
	d.problems = append(d.problems, fmt.Errorf("dao: %s.%s: %w", d.root, field, err))
}

// newColumn returns the column that a field of a type can be, without its name.
func newColumn(field reflect.Type) (*column, error) {
	c := &column{typ: field, Column: Column{Type: field.String()}}
	if field.Kind() == reflect.Pointer {
		c.typ, c.Nullable = field.Elem(), true
	}
	basic, ok := basics[c.typ.Kind()]
	switch {
	case c.typ == timeType:
		c.Kind, basic = Time, timeType
	case reflect.PointerTo(c.typ).Implements(scannerType):
		c.Kind, basic = Custom, c.typ
		if c.typ.PkgPath() == "database/sql" && strings.HasPrefix(c.typ.Name(), "Null") {
			c.Nullable = true
		}
	case c.typ.ConvertibleTo(bytesType) && c.typ.Kind() == reflect.Slice:
		c.Kind, basic = Bytes, bytesType
	case ok && (c.typ.Kind() == reflect.Int || c.typ.Kind() == reflect.Uint):
		c.Kind = Kind(basic.String() + "64")
	case ok:
		c.Kind = Kind(basic.String())
	default:
		return nil, fmt.Errorf("the type %s cannot be a column: expected a number, bool, string, []byte, time.Time, "+
			"a type made of one of these, a pointer to one, or a sql.Scanner", field)
	}
	c.dest = basic
	if field.Kind() == reflect.Pointer {
		c.dest = reflect.PointerTo(basic)
	}
	return c, nil
}
