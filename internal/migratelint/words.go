package migratelint

import (
	"strings"

	"github.com/terem-go/terem/internal/sqltext"
)

// words are the tokens of a statement or of a part of one, without spaces and
// comments.
type words []sqltext.Token

// is reports whether the keywords stand at a place.
func (w words) is(at int, keywords ...string) bool {
	if at < 0 || at+len(keywords) > len(w) {
		return false
	}
	for i, k := range keywords {
		if t := w[at+i]; t.Kind != sqltext.Word || !strings.EqualFold(t.Text, k) {
			return false
		}
	}
	return true
}

// cut returns what follows the keywords, which w begins with.
func (w words) cut(keywords ...string) (words, bool) {
	if !w.is(0, keywords...) {
		return w, false
	}
	return w[len(keywords):], true
}

// skip returns w without the keywords, if it begins with them.
func (w words) skip(keywords ...string) words {
	rest, _ := w.cut(keywords...)
	return rest
}

// find returns where the keywords stand outside of parentheses, or -1.
func (w words) find(keywords ...string) int {
	depth := 0
	for i, t := range w {
		switch {
		case t.Text == "(":
			depth++
		case t.Text == ")":
			depth--
		case depth == 0 && w.is(i, keywords...):
			return i
		}
	}
	return -1
}

// has reports whether the keywords stand outside of parentheses.
func (w words) has(keywords ...string) bool { return w.find(keywords...) >= 0 }

// after returns what follows the first place of the keywords outside of
// parentheses, nothing where they are not.
func (w words) after(keywords ...string) words {
	if i := w.find(keywords...); i >= 0 {
		return w[i+len(keywords):]
	}
	return nil
}

// name returns the name that w begins with, as the database knows it, and what
// follows. The schema public is left out.
func (w words) name() (string, words) {
	var parts []string
	for len(w) > 0 && (w[0].Kind == sqltext.Word || w[0].Kind == sqltext.Name) {
		parts = append(parts, sqltext.Unquoted(w[0]))
		w = w[1:]
		if len(w) < 2 || w[0].Text != "." {
			break
		}
		w = w[1:]
	}
	if len(parts) > 1 && parts[0] == "public" {
		parts = parts[1:]
	}
	return strings.Join(parts, "."), w
}

// split divides w at the commas outside of parentheses.
func (w words) split() (parts []words) {
	depth, from := 0, 0
	for i, t := range w {
		switch t.Text {
		case "(", "[":
			depth++
		case ")", "]":
			depth--
		case ",":
			if depth == 0 {
				parts = append(parts, w[from:i])
				from = i + 1
			}
		}
	}
	return append(parts, w[from:])
}

// inside returns what stands between the parenthesis that w begins with and the
// one that closes it, nothing where it begins with none.
func (w words) inside() words {
	depth := 0
	for i, t := range w {
		switch t.Text {
		case "(":
			depth++
		case ")":
			depth--
		}
		switch {
		case i == 0 && depth == 0:
			return nil
		case depth == 0:
			return w[1:i]
		}
	}
	return nil
}

// skipOptions returns w without the parentheses that it begins with, if there are
// some.
func (w words) skipOptions() words {
	if inside := w.inside(); inside != nil {
		return w[len(inside)+2:]
	}
	return w
}

// verb returns the first words of a statement, to name it by.
func (w words) verb() string {
	var verb []string
	for _, t := range w[:min(len(w), 2)] {
		if t.Kind == sqltext.Word {
			verb = append(verb, strings.ToUpper(t.Text))
		}
	}
	return strings.Join(verb, " ")
}
