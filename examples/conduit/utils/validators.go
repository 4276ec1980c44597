package utils

import (
	"errors"
	"net/mail"
	"strings"
	"unicode"

	"github.com/terem-go/terem/errs"
)

var errInvalid = errs.New(errs.Invalid, "invalid_input", "The input breaks a rule.")

// Wrong gathers what is wrong with an input, field by field.
type Wrong []errs.Field

// Add says what is wrong with a field.
func (w *Wrong) Add(field, message string) {
	*w = append(*w, errs.Field{In: "body", Name: field, Message: message})
}

// Blank adds a field that has nothing but white space, and reports whether it is one.
func (w *Wrong) Blank(field, text string) bool {
	if strings.TrimSpace(text) != "" {
		return false
	}
	w.Add(field, "can't be blank")
	return true
}

// Null adds a field that was null where it cannot be: package api takes that for one
// that was left out.
func (w *Wrong) Null(field string, null bool) {
	if null {
		w.Add(field, "can't be null")
	}
}

// Err returns an errs.Invalid with the fields, or nil if nothing is wrong.
func (w Wrong) Err() error {
	if len(w) == 0 {
		return nil
	}
	return errInvalid.With(w...)
}

// Join is Err with the fields of another such error beside its own.
func (w Wrong) Join(err error) error {
	var e *errs.Error
	if errors.As(err, &e) && len(w) > 0 {
		return e.With(w...)
	}
	return errors.Join(err, w.Err())
}

// Printable reports whether the text has something to see in it, and nothing
// that a terminal or a page would act upon.
func Printable(s string) bool {
	seen := false
	for _, r := range s {
		if !unicode.IsPrint(r) {
			return false
		}
		seen = seen || !unicode.IsSpace(r)
	}
	return seen
}

// IsEmail reports whether the text is an e-mail address and nothing more.
func IsEmail(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Name == "" && a.Address == s
}
