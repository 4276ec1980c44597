package web

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/terem-go/terem/civil"
)

// spec is what the tags say of a field.
type spec struct {
	name, label, help, format, autocomplete string

	required, secret     bool
	minLength, maxLength int
	minimum, maximum     *float64
	typ                  reflect.Type
	index                []int
}

var (
	timeType = reflect.TypeFor[time.Time]()
	dateType = reflect.TypeFor[civil.Date]()
)

// specsOf returns the fields of a form, or everything that is wrong with it.
func specsOf(t reflect.Type) ([]spec, error) {
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("web: a form of %s: want a struct", t)
	}
	var specs []spec
	var problems []error
	for _, f := range reflect.VisibleFields(t) {
		tag, ok := f.Tag.Lookup("form")
		if !ok || tag == "-" {
			continue
		}
		s, err := specOf(f, tag)
		if err == nil && behindPointer(t, f.Index) {
			err = errors.New("the struct that it stands in is embedded by a pointer")
		}
		if err == nil && slices.ContainsFunc(specs, func(other spec) bool { return other.name == s.name }) {
			err = fmt.Errorf("another field is named %q", s.name)
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("web: a form of %s: the field %s: %w", t, f.Name, err))
		}
		specs = append(specs, s)
	}
	if len(specs) == 0 {
		problems = append(problems, fmt.Errorf(`web: a form of %s: no field has a tag such as form:"email"`, t))
	}
	return specs, errors.Join(problems...)
}

// behindPointer reports whether the field of an embedded struct is reached through a pointer.
func behindPointer(t reflect.Type, index []int) bool {
	for i := 1; i < len(index); i++ {
		if t.FieldByIndex(index[:i]).Type.Kind() == reflect.Pointer {
			return true
		}
	}
	return false
}

// nameCharacters are those of which a name can be an id in HTML, and stand in a selector.
const nameCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"

// formats are those of strings.
var formats = []string{"text", "email", "password", "tel", "uri", "multiline", "hidden"}

func specOf(f reflect.StructField, tag string) (spec, error) {
	options := strings.Split(tag, ",")
	isBool := f.Type.Kind() == reflect.Bool
	s := spec{
		name: options[0], label: f.Tag.Get("label"), help: f.Tag.Get("doc"),
		required: !isBool, typ: f.Type, index: f.Index,
	}
	if s.name == "" || strings.Trim(s.name, nameCharacters) != "" {
		return s, fmt.Errorf("the name %q: want letters, digits and _.-", s.name)
	}
	if !f.IsExported() {
		return s, errors.New("it is not exported")
	}
	for _, o := range options[1:] {
		switch {
		case o == "omitempty" && !isBool:
			s.required = false
		case o == "required" && isBool:
			s.required = true
		case o == "secret":
			s.secret = true
		default:
			return s, fmt.Errorf("the option %q does not fit a %s", o, f.Type)
		}
	}
	if err := s.setFormat(f.Tag.Get("format")); err != nil {
		return s, err
	}
	s.secret = s.secret || s.format == "password"
	s.setAutocomplete(f.Tag.Get("autocomplete"))
	return s, s.setRules(f.Tag)
}

// setFormat says how the field looks, after its tag and type.
func (s *spec) setFormat(format string) error {
	kind := s.typ.Kind()
	switch {
	case s.typ == timeType, s.typ == dateType:
		s.format = "date"
	case kind == reflect.Bool:
		s.format = "checkbox"
	case kind == reflect.String && format != "":
		if s.format = format; !slices.Contains(formats, format) {
			return fmt.Errorf("the format %q: want one of %s", format, strings.Join(formats, ", "))
		}
		return nil
	case kind == reflect.String || isNumber(kind):
		s.format = "text"
	default:
		return fmt.Errorf("a form cannot fill a %s: want a string, bool, integer, float, civil.Date or time.Time", s.typ)
	}
	if format != "" {
		return fmt.Errorf("the format %q does not fit a %s", format, s.typ)
	}
	return nil
}

// autocompletes are what browsers fill in by default, by format.
var autocompletes = map[string]string{"email": "email", "tel": "tel", "uri": "url", "password": "current-password"}

func (s *spec) setAutocomplete(tag string) {
	s.autocomplete = tag
	if tag == "" {
		s.autocomplete = autocompletes[s.format]
	}
}

// setRules reads the limits.
func (s *spec) setRules(tag reflect.StructTag) error {
	return errors.Join(
		s.setLength(tag, "minLength", &s.minLength), s.setLength(tag, "maxLength", &s.maxLength),
		s.setLimit(tag, "minimum", &s.minimum), s.setLimit(tag, "maximum", &s.maximum),
	)
}

func (s *spec) setLength(tag reflect.StructTag, name string, length *int) (err error) {
	text, ok := tag.Lookup(name)
	if !ok {
		return nil
	}
	if *length, err = strconv.Atoi(text); err != nil || *length < 1 || s.typ.Kind() != reflect.String {
		return fmt.Errorf("%s:%q: want a number above 0, on a string", name, text)
	}
	return nil
}

func (s *spec) setLimit(tag reflect.StructTag, name string, limit **float64) error {
	text, ok := tag.Lookup(name)
	if !ok {
		return nil
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !isNumber(s.typ.Kind()) {
		return fmt.Errorf("%s:%q: want a number, on a number", name, text)
	}
	*limit = &n
	return nil
}

func isNumber(k reflect.Kind) bool {
	return k >= reflect.Int && k <= reflect.Float64 && k != reflect.Uintptr
}
