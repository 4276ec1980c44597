package settings

import (
	"encoding"
	"fmt"
	"log/slog"
)

// URL is the address of a database, a mail server and the like, which may hold a password. It keeps its
// text as it is, which need not be a URL: sqlite:shop.db and host=db password=x are as welcome. Printed,
// logged or encoded in any way, it shows *** for what can be a password, a token or a key: in the userinfo
// and in parameters with such a name. In doubt more is hidden than need be. The zero value is empty.
type URL struct {
	text Secret
}

var (
	_ fmt.Formatter            = URL{}
	_ fmt.GoStringer           = URL{}
	_ slog.LogValuer           = URL{}
	_ encoding.TextMarshaler   = URL{}
	_ encoding.TextUnmarshaler = (*URL)(nil)
)

// NewURL returns a URL that reveals text.
func NewURL(text string) URL {
	return URL{text: NewSecret(text)}
}

// Reveal returns the text itself, with its passwords.
func (u URL) Reveal() string { return u.text.Reveal() }

// Equal reports whether two URLs have the same text.
func (u URL) Equal(other URL) bool { return u.text.Equal(other.text) }

// String returns the text with passwords hidden.
func (u URL) String() string { return redact(u.Reveal()) }

// GoString returns what String does.
func (u URL) GoString() string { return u.String() }

// Format formats what String returns as a string.
func (u URL) Format(f fmt.State, verb rune) {
	_, _ = fmt.Fprintf(f, fmt.FormatString(f, verb), u.String())
}

// LogValue returns what String does.
func (u URL) LogValue() slog.Value { return slog.StringValue(u.String()) }

// MarshalText returns what String does. JSON uses it too.
func (u URL) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// UnmarshalText accepts any text.
func (u *URL) UnmarshalText(text []byte) error {
	*u = NewURL(string(text))
	return nil
}
