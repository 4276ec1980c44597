package settings

import (
	"crypto/subtle"
	"encoding"
	"fmt"
	"io"
	"log/slog"
	"unicode/utf8"
)

// hidden is printed in place of what must not be read.
const hidden = "***"

// mask hides the whole of a text. An empty one stays empty: that a secret is missing is no secret.
func mask(text string) string {
	if text == "" {
		return ""
	}
	return hidden
}

// Secret is a text that is only given out by Reveal. Printed, logged or encoded in any way it is ***, or
// empty if it is empty. The zero value is empty.
type Secret struct {
	_ [0]func() // == would compare pointers: use Equal
	// A pointer, because fmt calls no method on an unexported field of somebody's struct: of a string it
	// would print the characters, of a pointer it prints the address.
	text *string
}

var (
	_ fmt.Formatter            = Secret{}
	_ fmt.GoStringer           = Secret{}
	_ slog.LogValuer           = Secret{}
	_ encoding.TextMarshaler   = Secret{}
	_ encoding.TextUnmarshaler = (*Secret)(nil)
)

// NewSecret returns a secret that reveals text.
func NewSecret(text string) Secret {
	return Secret{text: &text}
}

// Reveal returns the text itself.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// Len returns the number of characters.
func (s Secret) Len() int { return utf8.RuneCountInString(s.Reveal()) }

// Equal reports whether two secrets have the same text, in a time that depends only on their lengths.
func (s Secret) Equal(other Secret) bool {
	return subtle.ConstantTimeCompare([]byte(s.Reveal()), []byte(other.Reveal())) == 1
}

// String returns ***, or "" if the secret is empty.
func (s Secret) String() string { return mask(s.Reveal()) }

// GoString returns what String does.
func (s Secret) GoString() string { return s.String() }

// Format writes what String returns, whatever the verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// LogValue returns what String does.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText returns what String does. JSON uses it too.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText accepts any text.
func (s *Secret) UnmarshalText(text []byte) error {
	*s = NewSecret(string(text))
	return nil
}
