package api

import (
	"encoding"
	"encoding/json"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

// hidden returns where a body of type t embeds a struct that is not exported, such as
// "Body.common", or "". There may be no body. Package encoding/json reads and writes its fields all the same,
// but they are in no schema: what clients send in them is refused as unexpected, and
// what they get is documented nowhere.
func hidden(t reflect.Type, at string) string {
	seen := map[reflect.Type]bool{}
	var find func(t reflect.Type, at string) string
	find = func(t reflect.Type, at string) string {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Array || t.Kind() == reflect.Map {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct || seen[t] || encodesItself(t) {
			return ""
		}
		seen[t] = true
		for i := range t.NumField() {
			f := t.Field(i)
			tag := f.Tag.Get("json")
			switch {
			case tag == "-" || !f.IsExported() && !f.Anonymous:
				continue
			case !f.IsExported() && tag == "" && exports(f.Type):
				return at + "." + f.Name
			}
			if place := find(f.Type, at+"."+f.Name); place != "" {
				return place
			}
		}
		return ""
	}
	if t == nil {
		return ""
	}
	return find(t, at)
}

// exports reports whether an embedded struct has a field that is read and written.
func exports(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return false
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Tag.Get("json") != "-" && f.IsExported() {
			return true
		}
	}
	return false
}

// encodesItself reports whether a type has its own form in JSON, or its own schema.
func encodesItself(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	for _, own := range []reflect.Type{
		reflect.TypeFor[json.Marshaler](), reflect.TypeFor[json.Unmarshaler](), reflect.TypeFor[encoding.TextMarshaler](),
		reflect.TypeFor[encoding.TextUnmarshaler](), reflect.TypeFor[huma.SchemaProvider](),
	} {
		if p.Implements(own) {
			return true
		}
	}
	return false
}
