package api

import (
	"fmt"
	"net/http"
	"reflect"
)

// input is what a route knows of its input type.
type input struct {
	typ      reflect.Type
	params   []param
	fields   []field // those that dependencies must fill
	body     reflect.Type
	upload   []int // the Upload field, or nil
	accepts  string
	readers  [][]int // the fields that read themselves
	problems []string
}

// field is a field of an input that a dependency must fill.
type field struct {
	name  string
	typ   reflect.Type
	index []int
}

// FromRequest is what the type of an input's field implements, by its pointer,
// to be read from the request, such as web.Form. The body has been read, up to
// the route's MaxBody, and is passed beside the request. Where the type has a
// method Verify() error, Check reports what it returns.
type FromRequest interface {
	FromRequest(r *http.Request, body []byte) error
}

type verifier interface{ Verify() error }

var (
	uploadType      = reflect.TypeFor[Upload]()
	fromRequestType = reflect.TypeFor[FromRequest]()
)

func inputOf(t reflect.Type, path string) *input {
	in := &input{typ: t}
	if t.Kind() != reflect.Struct {
		in.refuse("the input %s is not a struct", t)
		return in
	}
	in.walk(t, nil)
	if in.body != nil && in.upload != nil {
		in.refuse("the input %s has both a Body and an Upload", in.typ)
	}
	if len(in.readers) > 0 && (in.body != nil || in.upload != nil) {
		in.refuse("the input %s has both a field that reads the request and a Body or an Upload", in.typ)
	}
	in.checkPath(path)
	in.checkParams()
	in.checkBody()
	return in
}

func (in *input) refuse(format string, args ...any) {
	in.problems = append(in.problems, fmt.Sprintf(format, args...))
}

func (in *input) walk(t reflect.Type, at []int) {
	for i := range t.NumField() {
		f := t.Field(i)
		index := append(append([]int(nil), at...), i)
		p, isParam := paramOf(f, index)
		switch {
		case !f.IsExported():
			in.refuse("the field %s of the input %s is not exported", f.Name, in.typ)
		case f.Anonymous && f.Type.Kind() == reflect.Struct:
			in.walk(f.Type, index)
		case isParam:
			in.params = append(in.params, p)
		case f.Name == "Body":
			in.body = f.Type
		case f.Type == uploadType:
			in.upload, in.accepts = index, f.Tag.Get("accept")
		case reflect.PointerTo(f.Type).Implements(fromRequestType):
			in.readers = append(in.readers, index)
			if v, ok := reflect.New(f.Type).Interface().(verifier); ok {
				if err := v.Verify(); err != nil {
					in.refuse("the field %s of the input %s: %s", f.Name, in.typ, err)
				}
			}
		default:
			in.fields = append(in.fields, field{f.Name, f.Type, index})
		}
	}
}

// parsed reports whether anything of the request is parsed into the input.
func (in *input) parsed() bool {
	return len(in.params) > 0 || in.body != nil || in.upload != nil || len(in.readers) > 0
}
