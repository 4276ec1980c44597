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
// points, 12 by default), ErrPasswordTooLong over 1024 bytes, or
// ErrPasswordCommon for one that is guessed first: one of the 18,000 most common,
// a walk along the keyboard, either of them several times over or with a few
// figures around it, or little more than words that are about the user or the
// application, such as an address, which are given as about. Each names the
// field "password" of the body. No kinds of characters are asked for: they make
// passwords hard to remember, not hard to guess.
func (p *Passwords) Check(password string, about ...string) error {
	if len(password) > maxPassword {
		return errTooLong()
	}
	if utf8.RuneCountInString(norm.NFC.String(password)) < p.minLength {
		return ErrPasswordTooShort.With(field("expected at least %d characters", p.minLength))
	}
	if guessable(password, about) {
		return errGuessable()
	}
	return nil
}

func errTooLong() error {
	return ErrPasswordTooLong.With(field("expected at most %d bytes", maxPassword))
}

func field(format string, n int) errs.Field {
	return errs.Field{In: "body", Name: "password", Message: fmt.Sprintf(format, n)}
}
