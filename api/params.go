package api

import (
	"encoding"
	"math"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/terem-go/terem/errs"
)

// param is a field of an input that is read from the path, the query, a header
// or a cookie.
type param struct {
	in, name string
	field    reflect.StructField
	index    []int
}

func paramOf(f reflect.StructField, index []int) (param, bool) {
	for _, in := range []string{"path", "query", "header", "cookie"} {
		if name, _, _ := strings.Cut(f.Tag.Get(in), ","); name != "" {
			return param{in, name, f, index}, true
		}
	}
	return param{}, false
}

// checkPath compares the wildcards of the path with the fields that name them.
func (in *input) checkPath(path string) {
	var wild []string
	for part := range strings.SplitSeq(path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok && part != "{$}" {
			wild = append(wild, strings.TrimSuffix(strings.TrimSuffix(name, "}"), "..."))
		}
	}
	var named []string
	for _, p := range in.params {
		if p.in != "path" {
			continue
		}
		named = append(named, p.name)
		if !slices.Contains(wild, p.name) {
			in.refuse(`the field %s of %s is the path's {%s}, which the path does not have`, p.field.Name, in.typ, p.name)
		}
	}
	for _, name := range wild {
		if !slices.Contains(named, name) {
			in.refuse("no field of %s is the path's {%s}. Give it one, tagged path:%q", in.typ, name, name)
		}
	}
}

// checkParams refuses parameters that huma would read wrongly or not at all.
func (in *input) checkParams() {
	for _, p := range in.params {
		if !readable(unwrapped(p.field.Type)) {
			in.refuse("the parameter %s of %s is a %s, which cannot be read from text. Take a string, bool, int, int64, uint, uint64, float64, "+
				"a struct or array with UnmarshalText such as time.Time, or a slice of these", p.field.Name, in.typ, p.field.Type)
		}
		if in.body != nil && overridesZero(p.field) {
			in.refuse("the default of the parameter %s of %s would replace an explicit %s, because the route has a body. "+
				"Leave it to the handler, or exclude zero with minimum", p.field.Name, in.typ, zeroText(p.field.Type))
		}
	}
}

var textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()

// readable reports whether huma reads a parameter of the type in full.
func readable(t reflect.Type) bool {
	if t.Kind() == reflect.Slice && !isText(t) {
		return t.Elem().Kind() != reflect.Bool && basic(t.Elem())
	}
	return basic(t) || t == reflect.TypeFor[http.Cookie]() || t == reflect.TypeFor[url.URL]()
}

// basic is readable for one value. Huma cuts integers down to narrower types,
// and calls UnmarshalText only where the kind is not one that it knows.
func basic(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.String, reflect.Bool, reflect.Int, reflect.Int64, reflect.Uint, reflect.Uint64, reflect.Float64:
		return !isText(t)
	case reflect.Struct, reflect.Array:
		return isText(t)
	}
	return false
}

func isText(t reflect.Type) bool { return reflect.PointerTo(t).Implements(textUnmarshaler) }

// faults returns the parameters in a parsed input that no database stores: text
// that is not UTF-8 or has a NUL, numbers that are not finite.
func (in *input) faults(v reflect.Value) (fields []errs.Field) {
	for _, p := range in.params {
		f := v.FieldByIndex(p.index)
		if o, ok := f.Addr().Interface().(optional); ok {
			f = o.Receiver()
		}
		message := fault(f)
		if f.Kind() == reflect.Slice {
			for i := 0; i < f.Len() && message == ""; i++ {
				message = fault(f.Index(i))
			}
		}
		if message != "" {
			fields = append(fields, errs.Field{In: p.in, Name: p.name, Message: message})
		}
	}
	return fields
}

func fault(v reflect.Value) string {
	switch {
	case v.Kind() == reflect.String && (!utf8.ValidString(v.String()) || hasNUL(v.String())):
		return "expected UTF-8 text without the character U+0000"
	case v.Kind() == reflect.Float64 && (math.IsNaN(v.Float()) || math.IsInf(v.Float(), 0)):
		return "expected a finite number"
	}
	return ""
}
