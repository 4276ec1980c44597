package pages

import (
	"errors"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/terem-go/terem/errs"
	"github.com/terem-go/terem/web"
)

// picture returns the address of somebody's picture, or "" where browsers would not
// load it: the application's policy allows https only.
func picture(address *string) string {
	if address == nil || !strings.HasPrefix(*address, "https://") {
		return ""
	}
	return *address
}

// initial returns the letter that stands for somebody without a picture.
func initial(name string) string {
	r, _ := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(r))
}

// profilePath returns the address of somebody's profile, or the home page for a name
// that no address can have.
func profilePath(name string) string { return web.Local("/profile/"+url.PathEscape(name), "/") }

// wrong says what is wrong with a form, beside its fields or above them, and reports
// whether people can do something about it there.
func wrong[T any](f *web.Form[T], err error) bool {
	var e *errs.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Kind {
	case errs.Invalid, errs.Conflict, errs.Unauthenticated, errs.TooMany:
	default:
		return false
	}
	above := true
	for _, field := range e.Fields {
		if _, err := f.Field(field.Name); err == nil {
			f.Fail(field.Name, sentence(field.Message))
			above = false
		}
	}
	if above {
		f.Fail("", e.Message)
	}
	return true
}

// sentence turns what the API says of a field, such as "can't be blank", into what
// stands beside it.
func sentence(message string) string { return initial(message) + message[1:] + "." }
