package api

import (
	"fmt"
	"reflect"
)

// input is what a route knows of its input type.
type input struct {
	typ     reflect.Type
	fields  []field // those that are neither parameters nor the body
	body    reflect.Type
	upload  []int // the Upload field, or nil
	accepts string
	any     bool // whether there is anything to parse
	problem string
}

// field is a field of an input that a dependency must fill.
type field struct {
	name  string
	typ   reflect.Type
	index []int
}

var uploadType = reflect.TypeFor[Upload]()

func inputOf(t reflect.Type) *input {
	in := &input{typ: t}
	if t.Kind() != reflect.Struct {
		in.problem = fmt.Sprintf("the input %s is not a struct", t)
		return in
	}
	in.walk(t, nil)
	return in
}

func (in *input) walk(t reflect.Type, at []int) {
	for i := range t.NumField() {
		f := t.Field(i)
		index := append(append([]int(nil), at...), i)
		switch {
		case f.Anonymous && f.Type.Kind() == reflect.Struct:
			in.walk(f.Type, index)
		case !f.IsExported():
			in.problem = fmt.Sprintf("the field %s of the input %s is not exported", f.Name, in.typ)
		case isParameter(f):
			in.any = true
		case f.Name == "Body":
			in.body, in.any = f.Type, true
		case f.Type == uploadType:
			in.upload, in.accepts, in.any = index, f.Tag.Get("accept"), true
		default:
			in.fields = append(in.fields, field{f.Name, f.Type, index})
		}
	}
	if in.body != nil && in.upload != nil {
		in.problem = fmt.Sprintf("the input %s has both a Body and an Upload", in.typ)
	}
}

func isParameter(f reflect.StructField) bool {
	for _, tag := range []string{"path", "query", "header", "cookie"} {
		if _, ok := f.Tag.Lookup(tag); ok {
			return true
		}
	}
	return false
}

// within reports where a type of the set stands inside t, such as
// "Body.Owner", or "".
func within(t reflect.Type, set map[reflect.Type]*provider, at string, seen map[reflect.Type]bool) string {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Array || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if _, ok := set[t]; ok {
		return at
	}
	if t.Kind() != reflect.Struct || seen[t] {
		return ""
	}
	seen[t] = true
	for i := range t.NumField() {
		f := t.Field(i)
		if found := within(f.Type, set, at+"."+f.Name, seen); f.IsExported() && found != "" {
			return found
		}
	}
	return ""
}
