package web

import (
	"cmp"
	"fmt"
	"reflect"
	"strings"
)

// Field is a field of a form, for the template "field" or another that shows it.
type Field struct {
	Name  string // the name that a browser sends
	ID    string // the id of the element: "field-" and the name
	Label string
	Help  string // a hint; the element id is ID and "-help"
	Error string // what is wrong; the element id is ID and "-error"

	// Type is that of the input element: text, email, password, tel, url, date, checkbox or hidden; or multiline
	// for a textarea.
	Type string

	Value        string // what was typed; "" for a secret
	Checked      bool   // of a checkbox
	Required     bool
	Autocomplete string
	InputMode    string // of a number: numeric or decimal, unless it may be negative
	Autofocus    bool   // this is the first field that is wrong
}

// DescribedBy returns the ids of the texts that belong to the field, for aria-describedby.
func (f Field) DescribedBy() string {
	var ids []string
	if f.Help != "" {
		ids = append(ids, f.ID+"-help")
	}
	if f.Error != "" {
		ids = append(ids, f.ID+"-error")
	}
	return strings.Join(ids, " ")
}

// Needed returns the field as one that must be filled in, for a template that shows it only then.
func (f Field) Needed() Field {
	f.Required = true
	return f
}

// Field returns the field of that name, for a template. Errors are that there is none, and those of Verify.
func (f Form[T]) Field(name string) (Field, error) {
	specs, err := specsOf(reflect.TypeFor[T]())
	if err != nil {
		return Field{}, err
	}
	first := true // no field before is wrong
	for _, s := range specs {
		message := f.wrong[s.name]
		if s.name == name {
			field := s.field(message)
			field.Autofocus = first && message != "" && s.format != "hidden"
			field.Value, field.Checked = f.shown(s)
			return field, nil
		}
		first = first && (message == "" || s.format == "hidden")
	}
	return Field{}, fmt.Errorf("web: a form of %T has no field %q", f.Value, name)
}

// field returns what does not depend on what was typed.
func (s spec) field(message string) Field {
	kind := s.format
	if kind == "uri" {
		kind = "url" // as HTML has it
	}
	return Field{
		Name: s.name, ID: "field-" + s.name, Label: cmp.Or(s.label, humanise(s.name)), Help: s.help, Error: message, Type: kind,
		Required: s.required, Autocomplete: s.autocomplete, InputMode: s.inputMode(),
	}
}

// humanise turns a name such as first_name into a label: First name.
func humanise(name string) string {
	words := strings.Map(func(r rune) rune {
		if strings.ContainsRune("_-.", r) {
			return ' '
		}
		return r
	}, name)
	return strings.ToUpper(words[:1]) + words[1:] // names are ASCII
}

// inputMode returns the keyboard for a number. Those of telephones have no minus sign.
func (s spec) inputMode() string {
	kind := s.typ.Kind()
	negative := s.minimum == nil || *s.minimum < 0
	switch {
	case kind >= reflect.Uint && kind <= reflect.Uint64, kind >= reflect.Int && kind <= reflect.Int64 && !negative:
		return "numeric"
	case (kind == reflect.Float32 || kind == reflect.Float64) && !negative:
		return "decimal"
	}
	return ""
}

// shown returns what the field shows: what was typed, or the form's Value if it was not sent. All zero is an empty
// form, not one of zeros.
func (f Form[T]) shown(s spec) (text string, checked bool) {
	value := reflect.ValueOf(f.Value)
	switch {
	case s.secret && s.format != "checkbox":
		return "", false
	case f.typed != nil:
		text = f.typed[s.name]
		checked, _ = parseBox(text)
		return text, checked
	case value.IsZero():
		return "", false
	}
	v := value.FieldByIndex(s.index)
	if v.Kind() == reflect.Bool {
		return "", v.Bool()
	}
	return format(v), false
}
