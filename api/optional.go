package api

import (
	"encoding/json"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

// Optional is a field of an input that tells apart what is left out, null and a
// value. In the body of a PATCH it says what to change:
//
//	Note api.Optional[string] `json:"note,omitempty" maxLength:"500"`
//
//	if in.Body.Note.Set {
//		changes = append(changes, dao.Set("note", in.Body.Note.Pointer()))
//	}
//
// As a parameter, which cannot be null, it tells whether the client sent one, also
// where that is a zero; an empty one counts as left out:
//
//	Least api.Optional[int] `query:"total[gte]" minimum:"0"`
//
// The other tags are those of a T. Where null is not allowed, a *T is enough.
type Optional[T any] struct {
	Value T
	Set   bool // a value or null
	Null  bool
}

var (
	_ huma.SchemaProvider = Optional[int]{}
	_ huma.ParamWrapper   = (*Optional[int])(nil)
	_ huma.ParamReactor   = (*Optional[int])(nil)
	_ json.Unmarshaler    = (*Optional[int])(nil)
)

// Pointer returns the value, or nil for null and for what was left out.
func (o Optional[T]) Pointer() *T {
	if !o.Set || o.Null {
		return nil
	}
	return &o.Value
}

// Given returns the value as an any, and whether there is one.
func (o Optional[T]) Given() (any, bool) { return o.Value, o.Set && !o.Null }

// Schema implements huma.SchemaProvider: a T or null.
func (o Optional[T]) Schema(r huma.Registry) *huma.Schema {
	s := *r.Schema(reflect.TypeFor[T](), true, "")
	s.Nullable = s.Ref == ""
	return &s
}

// UnmarshalJSON implements json.Unmarshaler.
func (o *Optional[T]) UnmarshalJSON(text []byte) error {
	*o = Optional[T]{Set: true, Null: string(text) == "null"}
	if o.Null {
		return nil
	}
	return json.Unmarshal(text, &o.Value)
}

// Receiver implements huma.ParamWrapper.
func (o *Optional[T]) Receiver() reflect.Value { return reflect.ValueOf(o).Elem().Field(0) }

// OnParamSet implements huma.ParamReactor.
func (o *Optional[T]) OnParamSet(set bool, _ any) { o.Set = set }

// optional is what every Optional is.
type optional interface{ Receiver() reflect.Value }

var optionalType = reflect.TypeFor[optional]()

// unwrapped returns the type of a parameter's value.
func unwrapped(t reflect.Type) reflect.Type {
	if reflect.PointerTo(t).Implements(optionalType) {
		return t.Field(0).Type
	}
	return t
}
