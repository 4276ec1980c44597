package dao

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/terem-go/terem/civil"
)

// column is a Column and the way to its field.
type column struct {
	Column
	index []int        // of the field and of the structs that it is embedded in
	typ   reflect.Type // of the field, without the pointer of a nullable one
	dest  reflect.Type // what rows are scanned into in the field's memory
	own   bool         // the type reads and writes its values itself
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
		err = c.ParseTag(tag)
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
		c.Kind, basic = KindTime, timeType
	case reflect.PointerTo(c.typ).Implements(scannerType):
		if err := c.describeOwn(); err != nil {
			return nil, err
		}
		basic = c.typ
	case c.typ.ConvertibleTo(bytesType) && c.typ.Kind() == reflect.Slice:
		c.Kind, basic = KindBytes, bytesType
	case ok:
		c.Kind = basicKind(c.typ.Kind())
		c.Values = enumValues(c.typ)
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

// basicKind returns the kind of a basic type.
func basicKind(k reflect.Kind) Kind {
	if k == reflect.Int || k == reflect.Uint {
		return Kind(k.String() + "64")
	}
	return Kind(k.String())
}

// uuids are the types of columns that hold a UUID.
var uuids = []reflect.Type{reflect.TypeFor[uuid.UUID](), reflect.TypeFor[uuid.NullUUID]()}

// describeOwn describes a column whose type reads and writes its values itself.
func (c *column) describeOwn() error {
	c.own, c.Kind = true, KindCustom
	switch {
	case c.typ == reflect.TypeFor[civil.Date]():
		c.Kind = KindDate
	case slices.Contains(uuids, c.typ):
		c.Kind = KindUUID
	case reflect.PointerTo(c.typ).Implements(reflect.TypeFor[isJSON]()):
		c.Kind = KindJSON
	case c.typ.PkgPath() == "database/sql" && strings.HasPrefix(c.typ.Name(), "Null"):
		inner, err := newColumn(c.typ.Field(0).Type)
		if err != nil {
			return err
		}
		c.Kind, c.Values = inner.Kind, inner.Values
	}
	c.Nullable = c.Nullable || strings.HasPrefix(c.typ.Name(), "Null")
	return nil
}

// enumValues returns the values of a string type that has a list of them.
func enumValues(t reflect.Type) []string {
	if e, ok := reflect.Zero(t).Interface().(interface{ Values() []string }); ok && t.Kind() == reflect.String {
		return e.Values()
	}
	return nil
}
