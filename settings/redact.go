package settings

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

var (
	// scheme is what a URL begins with.
	scheme = regexp.MustCompile(`(?i)^(?:jdbc:)?[a-z][a-z0-9+.-]*://`)
	// path is what an address of a file begins with, in which an @ is nothing special.
	path = regexp.MustCompile(`(?i)^(?:sqlite3?|file):`)
	// pairs is what a text of key=value pairs begins with.
	pairs = regexp.MustCompile(`^\s*[\w.-]+\s*=`)
	// secretKey is a key whose value is hidden, with its equals sign. A key in percent encoding could be any.
	secretKey = regexp.MustCompile(`(?i)[\w.%-]*(?:pass|pwd|secret|token|key|auth|sig|cred|%)[\w.%-]*\s*=\s*`)
	// nextPair and nextParameter end a hidden value. A separator alone does not: it may belong to the value.
	nextPair      = regexp.MustCompile(`\s[\w.%-]+\s*=`)
	nextParameter = regexp.MustCompile(`&[\w.%-]+=`)
)

// span is a part of a text that is hidden.
type span struct{ from, to int }

// redact hides the passwords in a URL, in the parameters of anything like a URL, and in key=value pairs.
// Passwords are often not escaped as they should be, so it does not parse; and it hides too much rather
// than too little where the text can be read in two ways.
func redact(text string) string {
	spans := append(secretValues(text), userinfo(text)...)
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	var b strings.Builder
	done := 0
	for _, s := range spans {
		if s.to <= done || s.from == s.to {
			continue
		}
		if s.from > done || done == 0 {
			b.WriteString(text[done:s.from] + hidden)
		}
		done = s.to
	}
	return b.String() + text[done:]
}

// userinfo finds the password before an @: from the first colon to the last @, as it may hold more of both.
func userinfo(text string) []span {
	at := strings.LastIndexByte(text, '@')
	start := len(scheme.FindString(text))
	switch {
	case path.MatchString(text):
		return nil
	case pairs.MatchString(text):
		i := strings.Index(text, "://")
		if i < 0 {
			return nil
		}
		start = i + len("://")
	}
	if at < start {
		return nil
	}
	if colon := strings.IndexByte(text[start:at], ':'); colon >= 0 {
		return []span{{start + colon + 1, at}}
	}
	// Without a colon it is a user's name on PostgreSQL, and elsewhere often a token.
	if start == 0 || strings.HasPrefix(strings.ToLower(text), "postgres") {
		return nil
	}
	return []span{{start, at}}
}

// secretValues finds the values of keys such as password, in parameters and in pairs.
func secretValues(text string) []span {
	var spans []span
	next, quotes := nextParameter, ""
	if pairs.MatchString(text) {
		next, quotes = nextPair, `'"`
	}
	for from := 0; ; {
		key := secretKey.FindStringIndex(text[from:])
		if key == nil {
			return spans
		}
		start := from + key[1]
		from = skipQuoted(text, start, quotes)
		for {
			end := next.FindStringIndex(text[from:])
			if end == nil {
				return append(spans, span{start, len(text)})
			}
			from += end[0]
			if text[from-1] != '\\' || quotes == "" {
				break
			}
			from++ // an escaped space is part of the value
		}
		spans = append(spans, span{start, from})
	}
}

// skipQuoted returns where the quoted value that starts at i ends, or i if none of the quotes starts it.
func skipQuoted(text string, i int, quotes string) int {
	if i == len(text) || !strings.Contains(quotes, text[i:i+1]) {
		return i
	}
	quote := text[i]
	for i++; i < len(text); i++ {
		switch {
		case text[i] == '\\':
			i++
		case text[i] != quote:
		case i+1 < len(text) && text[i+1] == quote:
			i++ // doubled, it stands for itself
		default:
			return i + 1
		}
	}
	return len(text)
}
