package settings

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/caarlos0/env/v11"
)

// field is a struct field that is a setting.
type field struct {
	path     string // for messages to the programmer: Config.Mail.Host
	index    []int  // for reflect.Value.FieldByIndex
	typ      reflect.Type
	tag      reflect.StructTag
	ownName  string // as in the env tag
	name     string // with the prefixes of the structs around it
	fallback string
	required bool
	doc      string
}

var validName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// fieldsOf returns the settings of a struct in the order of its fields. The error names the field at fault.
func fieldsOf(t reflect.Type) ([]field, error) {
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("settings: %s is not a struct", t)
	}
	fields, err := walk(t, field{path: t.Name()}, true)
	if err != nil {
		return nil, err
	}
	owner := map[string]string{}
	for _, f := range fields {
		if first, taken := owner[f.name]; taken {
			return nil, fmt.Errorf("settings: %s and %s are both named %s", first, f.path, f.name)
		}
		owner[f.name] = f.path
		if err := f.check(); err != nil {
			return nil, fmt.Errorf("settings: %s: %w", f.path, err)
		}
	}
	return fields, nil
}

// walk collects the settings of a struct and the structs within. reachable says whether reflection may set
// the struct's exported fields.
func walk(t reflect.Type, parent field, reachable bool) ([]field, error) {
	var fields []field
	for sf := range t.Fields() {
		f := field{
			path:     strings.TrimPrefix(parent.path+"."+sf.Name, "."),
			index:    slices.Concat(parent.index, sf.Index),
			typ:      sf.Type,
			tag:      sf.Tag,
			name:     parent.name, // the prefix so far
			fallback: sf.Tag.Get("envDefault"),
			doc:      sf.Tag.Get("doc"),
		}
		tag, tagged := sf.Tag.Lookup("env")
		switch {
		case tag == "-":
		case tagged:
			if !sf.IsExported() || !reachable {
				return nil, fmt.Errorf("settings: %s has an env tag but is not exported", f.path)
			}
			var option string
			var hasOption bool
			f.ownName, option, hasOption = strings.Cut(tag, ",")
			if hasOption && option != "required" {
				return nil, fmt.Errorf("settings: %s: env tag: %q is not an option; there is only \"required\"", f.path, option)
			}
			f.name += f.ownName
			f.required = hasOption
			fields = append(fields, f)
		case sf.Type.Kind() == reflect.Struct:
			f.name += sf.Tag.Get("envPrefix")
			inner, err := walk(sf.Type, f, reachable && (sf.IsExported() || sf.Anonymous))
			if err != nil {
				return nil, err
			}
			fields = append(fields, inner...)
		case holdsSettings(sf):
			return nil, fmt.Errorf("settings: %s holds settings but is a %s, not a struct", f.path, f.typ)
		}
	}
	return fields, nil
}

// holdsSettings reports whether a field that is not a struct looks as if settings were expected in it.
func holdsSettings(sf reflect.StructField) bool {
	if _, prefixed := sf.Tag.Lookup("envPrefix"); prefixed {
		return true
	}
	if sf.Type.Kind() != reflect.Pointer || sf.Type.Elem().Kind() != reflect.Struct {
		return false
	}
	for inner := range sf.Type.Elem().Fields() {
		if _, tagged := inner.Tag.Lookup("env"); tagged {
			return true
		}
	}
	return false
}

// check reports what is wrong with the field's tags and type.
func (f field) check() error {
	if !validName.MatchString(f.name) || f.ownName == "" {
		return fmt.Errorf("env tag: %q is not a name of letters, digits and underscores", f.name)
	}
	if f.required && f.fallback != "" {
		return errors.New("a required setting cannot have an envDefault")
	}
	if !f.readable() {
		return fmt.Errorf("no text can be read into the type %s", f.typ)
	}
	if f.fallback != "" {
		if _, wrong := f.parse(f.fallback); wrong != "" {
			return fmt.Errorf("envDefault: %s; found %s", wrong, quote(f.printed(f.fallback)))
		}
	}
	return nil
}

// readable reports whether the env package has a way from text to the field's type.
func (f field) readable() bool {
	if f.typ.Kind() == reflect.Struct && f.typ.Name() == "" {
		return false // env would look for settings inside
	}
	if f.typ.Kind() == reflect.Map && (hasUnmarshalText(f.typ.Key()) || hasUnmarshalText(f.typ.Elem())) {
		return false // env would set them past their UnmarshalText
	}
	var none env.NoParserError
	_, err := f.convert("x")
	return !errors.As(err, &none)
}

func hasUnmarshalText(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

// isList reports whether text for the type is split into items.
func isList(t reflect.Type) bool {
	return (t.Kind() == reflect.Slice || t.Kind() == reflect.Map) && !hasUnmarshalText(t)
}
