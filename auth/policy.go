package auth

import (
	"fmt"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/terem-go/terem/errs"
)

// maxPassword is the most that is hashed, in bytes. It is no setting: lowering
// it would lock out whoever has a longer password.
const maxPassword = 1024

// Check reports whether a new password may be chosen: it returns nil,
// ErrPasswordTooShort under the configured number of characters (Unicode code
// points, 12 by default), or ErrPasswordTooLong over 1024 bytes. Either names
// the field "password" of the body. No kinds of characters are asked for: they
// make passwords hard to remember, not hard to guess.
func (p *Passwords) Check(password string) error {
	if len(password) > maxPassword {
		return errTooLong()
	}
	if utf8.RuneCountInString(norm.NFC.String(password)) < p.minLength {
		return ErrPasswordTooShort.With(field("expected at least %d characters", p.minLength))
	}
	return nil
}

func errTooLong() error {
	return ErrPasswordTooLong.With(field("expected at most %d bytes", maxPassword))
}

func field(format string, n int) errs.Field {
	return errs.Field{In: "body", Name: "password", Message: fmt.Sprintf(format, n)}
}
