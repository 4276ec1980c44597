package api

import (
	"reflect"
	"strings"
)

// inside calls visit for every field that a value of type t may hold, and for t
// itself, with its place, such as "Body.Owner". The elements of lists and maps
// count as fields without a name and tags.
func inside(t reflect.Type, at string, visit func(at string, f reflect.StructField)) {
	seen := map[reflect.Type]bool{}
	var walk func(at string, f reflect.StructField)
	walk = func(at string, f reflect.StructField) {
		visit(at, f)
		if seen[f.Type] {
			return
		}
		switch t := f.Type; t.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
			seen[t] = true
			walk(at, reflect.StructField{Type: t.Elem()})
		case reflect.Struct:
			seen[t] = true
			for i := range t.NumField() {
				if f := t.Field(i); f.IsExported() || f.Name == "_" {
					walk(at+"."+f.Name, f)
				}
			}
		}
	}
	walk(at, reflect.StructField{Type: t})
}

// checkBody refuses tags that do something else in a body than they say.
func (in *input) checkBody() {
	if in.body == nil {
		return
	}
	inside(in.body, "Body", func(at string, f reflect.StructField) {
		refuse := func(reason string) { in.refuse("%s.%s: %s", in.typ, strings.TrimSuffix(at, "._"), reason) }
		if overridesZero(f) {
			refuse("the default would replace an explicit " + zeroText(f.Type) + ". Make the field a pointer, which the default fills")
		}
		if f.Tag.Get("uniqueItems") == "true" {
			refuse("uniqueItems takes time in the square of the body's length. Compare the items in the handler")
		}
		if f.Tag.Get("readOnly") == "true" {
			refuse("readOnly does not keep clients from setting the field. Leave it out of the input")
		}
		if f.Tag.Get("additionalProperties") == "true" {
			refuse("names that differ from a field's only in case would be read into it without being validated. " +
				"Take a json.RawMessage and decode it in the handler")
		}
	})
}
