package web

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"reflect"

	"github.com/terem-go/terem/errs"
)

// Form is an HTML form: what it asks for is said by the fields of the struct T and their tags, which are those of
// package api where both have them.
//
//	type SignUpForm struct {
//		Email    string `form:"email" label:"E-mail address" format:"email"`
//		Password string `form:"password" format:"password" minLength:"12" autocomplete:"new-password" doc:"At least 12 characters."`
//		Name     string `form:"name,omitempty" maxLength:"100" autocomplete:"name"`
//		Terms    bool   `form:"terms,required" label:"I accept the terms."`
//	}
//
// Fields without a form tag, or with form:"-", are left alone. The tags are
//
//	form          the name, and options: omitempty lets a field be left empty; required wants a bool to be ticked;
//	              secret keeps a field from being shown again
//	label         the text of the label; the default is the name: "first_name" becomes "First name"
//	doc           a hint to show with the field
//	format        of a string: text (the default), email, password, tel, uri, multiline or hidden
//	minLength,    of a string, in characters
//	maxLength
//	minimum,      of a number
//	maximum
//	autocomplete  what browsers fill in, such as "new-password" or "name"; the defaults are "email", "tel", "url"
//	              and, for a password, "current-password"
//
// A field is a string, a bool (a box to tick), an integer, a float, a civil.Date, or a time.Time (a date, in UTC). Space around a
// string is cut off and its line breaks become "\n", except in a password, which is taken as it is and always
// secret.
//
// The zero Form is an empty one, and a Form with a Value is filled in with it.
type Form[T any] struct {
	// Value is what was typed. It is complete if the form is valid.
	Value T

	typed  map[string]string // what to show again, by name; nil if the form was not sent
	wrong  map[string]string // a message for each field that is wrong, by name
	errors []string          // the messages of the form as a whole
}

// maxFormFields limits what is decoded.
const maxFormFields = 1000

var (
	errFormMedia = errs.New(errs.UnsupportedMedia, "unsupported_form", "This address takes forms of type application/x-www-form-urlencoded.")
	errFormRead  = errs.New(errs.Malformed, "invalid_form", "The form could not be read.")
	errFormSize  = errs.New(errs.TooLarge, "form_too_large", fmt.Sprintf("The form has more than %d fields.", maxFormFields))
)

// FromRequest reads the form from a request's body. What was typed wrong makes the form invalid and is no error.
// Errors are that the body is no application/x-www-form-urlencoded (errs.UnsupportedMedia), that it cannot be
// decoded (errs.Malformed), that it has more than 1,000 fields (errs.TooLarge), and those of Verify.
func (f *Form[T]) FromRequest(r *http.Request, body []byte) error {
	specs, err := specsOf(reflect.TypeFor[T]())
	if err != nil {
		return err
	}
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/x-www-form-urlencoded" {
		return errFormMedia.Here()
	}
	if bytes.Count(body, []byte("&")) >= maxFormFields {
		return errFormSize.Here()
	}
	sent, err := url.ParseQuery(string(body))
	if err != nil {
		return errFormRead.Here() // the cause would quote what was typed
	}
	*f = Form[T]{typed: map[string]string{}, wrong: map[string]string{}}
	value := reflect.ValueOf(&f.Value).Elem()
	for _, s := range specs {
		text, message := s.read(sent[s.name])
		if message == "" {
			message = s.set(value.FieldByIndex(s.index), text)
		}
		if message != "" {
			f.wrong[s.name] = message
		}
		if !s.secret {
			f.typed[s.name] = text
		}
	}
	return nil
}

// Verify reports what is wrong with T: tags that say what cannot be, types that a form cannot fill.
func (f Form[T]) Verify() error {
	_, err := specsOf(reflect.TypeFor[T]())
	return err
}

// Valid reports whether nothing is wrong with the form.
func (f Form[T]) Valid() bool { return len(f.wrong) == 0 && len(f.errors) == 0 }

// Fail makes the form invalid, with a message beside the field of that name. The name "", and one that no field
// has, stand for the form as a whole.
func (f *Form[T]) Fail(name, message string) {
	if !f.has(name) {
		f.errors = append(f.errors, message)
		return
	}
	if f.wrong == nil {
		f.wrong = map[string]string{}
	}
	f.wrong[name] = message
}

// Check puts what err says beside the fields that it names, and reports whether it could: err is an *errs.Error
// with fields, all of them fields In "body" that the form has. Otherwise the form stays as it is. Beside a single field
// stands the error's own message, which is a sentence for people.
func (f *Form[T]) Check(err error) bool {
	var e *errs.Error
	if !errors.As(err, &e) || len(e.Fields) == 0 {
		return false
	}
	for _, field := range e.Fields {
		if field.In != "body" || !f.has(field.Name) {
			return false
		}
	}
	for _, field := range e.Fields {
		if len(e.Fields) == 1 {
			field.Message = e.Message
		}
		f.Fail(field.Name, field.Message)
	}
	return true
}

// Errors returns the messages of the form as a whole, and those of hidden fields, for the template.
func (f Form[T]) Errors() []string {
	all := f.errors[:len(f.errors):len(f.errors)]
	specs, _ := specsOf(reflect.TypeFor[T]())
	for _, s := range specs {
		if m := f.wrong[s.name]; m != "" && s.format == "hidden" {
			all = append(all, m)
		}
	}
	return all
}

// has reports whether the form has a field of that name.
func (f Form[T]) has(name string) bool {
	specs, _ := specsOf(reflect.TypeFor[T]())
	for _, s := range specs {
		if s.name == name {
			return true
		}
	}
	return false
}
