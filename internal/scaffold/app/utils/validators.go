package utils

import (
	"net/mail"
	"unicode"
)

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

// IsEmail reports whether the text is a printable e-mail address and nothing more.
func IsEmail(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Name == "" && a.Address == s && Printable(s)
}
