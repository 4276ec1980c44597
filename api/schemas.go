package api

import (
	"encoding"
	"fmt"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// schemas names the types of the OpenAPI document by their plain names, and
// finds two types of one name.
type schemas struct {
	api      *API
	places   map[string]schemaPlace
	problems []error
}

type schemaPlace struct {
	typ   reflect.Type
	place place
}

// name implements huma's schema namer. A second type of a name gets another one
// so that the registration goes on; Check refuses to start. Types without a name
// are called after the field that they stand in, and then after the operation.
func (s *schemas) name(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	name := huma.DefaultSchemaNamer(t, typeName(hint))
	if !named(t) {
		return name
	}
	here := schemaPlace{typ: t}
	if rt := s.api.pending; rt != nil {
		here.place = rt.place
		if there, taken := s.places[name]; taken && there.typ != t && t.Name() == "" {
			name = typeName(rt.op.OperationID) + name
		}
	}
	for try := name; ; try += "2" {
		there, taken := s.places[try]
		if !taken {
			s.places[try] = here
			if try != name {
				s.problems = append(s.problems, schemaClash(name, s.places[name], here))
			}
			return try
		}
		if there.typ == t {
			return try
		}
	}
}

// named reports whether the document has a schema of its own for t; all other
// schemas stand where they are used.
func named(t reflect.Type) bool {
	if t.Kind() != reflect.Struct || t == reflect.TypeFor[time.Time]() {
		return false
	}
	p := reflect.PointerTo(t)
	return !p.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) && !p.Implements(reflect.TypeFor[huma.SchemaProvider]())
}

// schemaClash says that two types would have one name in the document.
func schemaClash(name string, a, b schemaPlace) error {
	return fmt.Errorf("%s: the schema %s is %s, but at %s it is %s. Give one of the types another name, such as one that begins with its domain's",
		b.place, name, qualified(b.typ), a.place, qualified(a.typ))
}

func qualified(t reflect.Type) string {
	if t.Name() == "" {
		return t.String()
	}
	return t.PkgPath() + "." + t.Name()
}
