package web

import (
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxLocal limits addresses that clients choose.
const maxLocal = 2048

// Local returns next if it is an address of this site, such as "/orders?page=2", and else the fallback. It is for
// what a client says where to go next, as in "/login?next=/orders".
func Local(next, fallback string) string {
	if isLocal(next) {
		return next
	}
	return fallback
}

// isLocal reports whether browsers take s for a path of the site they are on. They take a backslash for a slash,
// drop tabs and line breaks, and take two slashes at the beginning for another host; servers decode a path, and
// redirect to it, before they look. So none of that may stand anywhere in it.
func isLocal(s string) bool {
	if len(s) > maxLocal || !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") || !plain(s) {
		return false
	}
	u, err := url.Parse(s)
	return err == nil && u.Scheme == "" && u.Host == "" && !strings.Contains(u.Path, "//") && plain(u.Path)
}

// plain reports whether s is UTF-8 without backslashes and control characters.
func plain(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return r == '\\' || unicode.IsControl(r) })
}

// asciiURL escapes what may stand in an address as people write it, but not in a header.
func asciiURL(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if c <= ' ' || c >= 0x7f {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
