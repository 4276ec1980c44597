package web

import (
	"errors"
	"fmt"
	"math"
	"net/mail"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/terem-go/terem/civil"
)

// The messages of what was typed wrong.
const (
	msgRequired   = "Please fill this in."
	msgTick       = "Please tick this box."
	msgTickOrNot  = "Please tick this box or leave it empty."
	msgTwice      = "This was sent more than once."
	msgCharacters = "Please leave out characters that cannot be shown."
	msgEmail      = "Please enter an e-mail address, such as name@example.com."
	msgURI        = "Please enter an address that begins with https:// or http://."
	msgWhole      = "Please enter a whole number."
	msgNumber     = "Please enter a number."
	msgRange      = "This number is too far from zero."
	msgDate       = "Please enter a date, such as 2006-01-31."
)

// read returns what was typed, as it is shown again, and a message if it cannot be text.
func (s spec) read(sent []string) (text, message string) {
	if len(sent) == 0 {
		return "", ""
	}
	text = sent[0]
	if s.format != "password" {
		text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	}
	switch {
	case len(sent) > 1:
		return "", msgTwice
	case !utf8.ValidString(text):
		return strings.ToValidUTF8(text, "\uFFFD"), msgCharacters
	case strings.ContainsFunc(text, s.forbids):
		return text, msgCharacters
	}
	return text, ""
}

// forbids reports whether a character cannot stand in the field: a control character, save for line breaks and
// tabs where there are several lines. A password may hold anything but NUL, at which some programs cut it off.
func (s spec) forbids(r rune) bool {
	switch s.format {
	case "password":
		return r == 0
	case "multiline", "hidden":
		return unicode.IsControl(r) && r != '\n' && r != '\t'
	}
	return unicode.IsControl(r)
}

// set puts what was typed into the field, or returns what is wrong with it.
func (s spec) set(v reflect.Value, text string) (message string) {
	if s.format == "checkbox" {
		return s.setBool(v, text)
	}
	if text == "" {
		if s.required {
			return msgRequired
		}
		return ""
	}
	switch {
	case s.typ == dateType:
		d, err := civil.ParseDate(text)
		if err != nil {
			return msgDate
		}
		v.Set(reflect.ValueOf(d))
		return ""
	case s.typ == timeType:
		day, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return msgDate
		}
		v.Set(reflect.ValueOf(day))
		return ""
	case v.Kind() == reflect.String:
		v.SetString(text)
		return s.checkString(text)
	}
	return s.setNumber(v, text)
}

func (s spec) setBool(v reflect.Value, text string) string {
	ticked, ok := parseBox(text)
	v.SetBool(ticked)
	switch {
	case !ok:
		return msgTickOrNot
	case s.required && !ticked:
		return msgTick
	}
	return ""
}

// parseBox returns whether a box is ticked, and whether text says so or not.
func parseBox(text string) (ticked, ok bool) {
	switch text {
	case "on", "true", "1":
		return true, true
	case "", "off", "false", "0":
		return false, true
	}
	return false, false
}

func (s spec) checkString(text string) string {
	n := utf8.RuneCountInString(text)
	switch {
	case n < s.minLength:
		return fmt.Sprintf("Please enter at least %d characters.", s.minLength)
	case s.maxLength > 0 && n > s.maxLength:
		return fmt.Sprintf("Please enter at most %d characters.", s.maxLength)
	case s.format == "email" && !isEmail(text):
		return msgEmail
	case s.format == "uri" && !isWebAddress(text):
		return msgURI
	}
	return ""
}

// isEmail reports whether text is an address without a name, no longer than SMTP allows (RFC 5321, section 4.5.3.1).
func isEmail(text string) bool {
	a, err := mail.ParseAddress(text)
	return err == nil && a.Name == "" && a.Address == text && len(text) <= 254
}

// isWebAddress keeps javascript: and the like out of links.
func isWebAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

func (s spec) setNumber(v reflect.Value, text string) string {
	bits := s.typ.Bits()
	var n float64
	var err error
	message := msgWhole
	switch {
	case v.CanInt():
		var i int64
		i, err = strconv.ParseInt(text, 10, bits)
		v.SetInt(i)
		n = float64(i)
	case v.CanUint():
		var u uint64
		u, err = strconv.ParseUint(text, 10, bits)
		v.SetUint(u)
		n = float64(u)
	default:
		message = msgNumber
		n, err = strconv.ParseFloat(text, bits)
		v.SetFloat(n)
	}
	switch {
	case errors.Is(err, strconv.ErrRange):
		return msgRange
	case err != nil || math.IsNaN(n) || math.IsInf(n, 0):
		return message
	case s.minimum != nil && n < *s.minimum:
		return "Please enter " + decimal(*s.minimum) + " or more."
	case s.maximum != nil && n > *s.maximum:
		return "Please enter " + decimal(*s.maximum) + " or less."
	}
	return ""
}

func decimal(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

// format returns a value as it would be typed.
func format(v reflect.Value) string {
	switch {
	case v.Type() == dateType:
		if d := v.Interface().(civil.Date); !d.IsZero() {
			return d.String()
		}
		return ""
	case v.Type() == timeType:
		if day := v.Interface().(time.Time); !day.IsZero() {
			return day.Format(time.DateOnly)
		}
		return ""
	case v.Kind() == reflect.String:
		return v.String()
	case v.CanFloat():
		return strconv.FormatFloat(v.Float(), 'f', -1, v.Type().Bits())
	}
	return fmt.Sprint(v.Interface()) // an integer
}
