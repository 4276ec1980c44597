// Package sqltext divides SQL into tokens, so that placeholders can be found
// without mistaking what stands in strings, names and comments for them.
package sqltext

import (
	"iter"
	"regexp"
	"strings"

	"github.com/terem-go/terem/db"
)

// Kind says what a token is.
type Kind uint8

// The kinds of token.
const (
	Space   Kind = iota
	Comment      // -- to the end of the line, or /* */
	String       // a quoted string, or $$ a string like this $$ on PostgreSQL
	Name         // a quoted name: "a", and on SQLite `a` and [a]
	Word         // a keyword or a name without quotes
	Number
	Param  // $1, and on SQLite everything else that it takes for a parameter: ?, ?1, :a, @a, $a
	Symbol // one character of anything else
)

// Token is a piece of a text.
type Token struct {
	Kind Kind
	Text string
}

// Tokens divides sql into tokens, which are the whole text when joined. What is
// not closed, such as a string, reaches to the end: the database will complain.
func Tokens(d db.Dialect, sql string) iter.Seq[Token] {
	return func(yield func(Token) bool) {
		for before := ""; sql != ""; {
			kind, n := next(d, before, sql)
			if !yield(Token{kind, sql[:n]}) {
				return
			}
			before, sql = sql[:n], sql[n:]
		}
	}
}

// next returns the kind and the length of the token that sql begins with.
func next(d db.Dialect, before, sql string) (Kind, int) {
	postgres := d == db.Postgres
	c := sql[0]
	switch {
	case space(c):
		return Space, run(sql, space)
	case strings.HasPrefix(sql, "--"):
		return Comment, through(sql, 2, "\n")
	case strings.HasPrefix(sql, "/*"):
		return Comment, comment(sql, postgres)
	case c == '\'':
		escapes := postgres && (before == "E" || before == "e")
		return String, quoted(sql, escapes)
	case c == '"', c == '`' && !postgres:
		return Name, quoted(sql, false)
	case c == '[' && !postgres:
		return Name, through(sql, 1, "]")
	case c == '$' && postgres && dollar(sql) > 0:
		n := dollar(sql)
		return String, through(sql, n, sql[:n])
	case digit(c), c == '.' && len(sql) > 1 && digit(sql[1]):
		return Number, number(sql)
	case c == '$', !postgres && strings.IndexByte("?:@", c) >= 0:
		n := 1 + run(sql[1:], part)
		if n > 1 || c == '?' {
			return Param, n
		}
	case first(c):
		return Word, run(sql, part)
	}
	return Symbol, 1
}

// run returns how many bytes at the beginning of s are of a class.
func run(s string, of func(byte) bool) int {
	n := 0
	for n < len(s) && of(s[n]) {
		n++
	}
	return n
}

// through returns the length of s through the first end after from.
func through(s string, from int, end string) int {
	i := strings.Index(s[from:], end)
	if i < 0 {
		return len(s)
	}
	return from + i + len(end)
}

// continued is what may stand between the parts of a string of PostgreSQL's that
// goes on in another line. It matters where backslashes escape: in all parts, if
// they do in the first.
var continued = regexp.MustCompile(`^(?:[ \t\f]|--[^\n\r]*)*[\n\r](?:[ \t\n\r\f]|--[^\n\r]*[\n\r])*'`)

// quoted returns the length of what s begins with, which ends with the same
// quote. A doubled quote does not end it.
func quoted(s string, escapes bool) int {
	for i := 1; i < len(s); i++ {
		switch {
		case escapes && s[i] == '\\':
			i++
		case s[i] == s[0] && i+1 < len(s) && s[i+1] == s[0]:
			i++
		case s[i] == s[0]:
			more := ""
			if escapes {
				more = continued.FindString(s[i+1:])
			}
			if more == "" {
				return i + 1
			}
			i += len(more)
		}
	}
	return len(s)
}

// comment returns the length of the /* comment that s begins with. On
// PostgreSQL one may stand inside another.
func comment(s string, nested bool) int {
	if !nested {
		return through(s, 2, "*/")
	}
	depth := 0
	for i := 0; i+1 < len(s); i++ {
		switch s[i : i+2] {
		case "/*":
			depth++
			i++
		case "*/":
			depth--
			i++
		}
		if depth == 0 {
			return i + 1
		}
	}
	return len(s)
}

// dollar returns the length of the opening of a dollar-quoted string, $tag$ or
// $$, that s begins with, or 0.
func dollar(s string) int {
	n := 1
	if len(s) > 1 && first(s[1]) {
		n += run(s[1:], func(c byte) bool { return part(c) && c != '$' })
	}
	if n < len(s) && s[n] == '$' {
		return n + 1
	}
	return 0
}

// number returns the length of the number that s begins with, with what
// follows it without a gap.
func number(s string) int {
	hex := len(s) > 1 && s[1]|0x20 == 'x'
	n := 0
	for n < len(s) && (part(s[n]) || s[n] == '.' ||
		!hex && (s[n] == '+' || s[n] == '-') && s[n-1]|0x20 == 'e') {
		n++
	}
	return n
}

func space(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }

func digit(c byte) bool { return '0' <= c && c <= '9' }

// first reports whether a word can begin with c. Bytes of letters beyond ASCII
// count as letters, as they do for both databases.
func first(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c >= 0x80
}

func part(c byte) bool { return first(c) || digit(c) || c == '$' }

// Quote writes a name as SQL, for both databases.
func Quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
