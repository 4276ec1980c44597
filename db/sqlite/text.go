package sqlite

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/sqltext"
)

// text is what must be known of a statement before it is prepared.
type text struct {
	sql     string // as SQLite gets it
	params  int    // how many arguments it takes
	foreign string // a placeholder that is not $1, $2 …, which only Native takes
	changes bool   // whether it changes rows, so that SQLite's count is of it
	verb    string // its first word, in capitals
}

// parse reads a statement and puts SQLite's placeholders in place of $1.
func parse(sql string) (text, error) {
	tokens := slices.Collect(sqltext.Tokens(db.SQLite, sql))
	for len(tokens) > 0 && (trivial(tokens[len(tokens)-1]) || semicolon(tokens[len(tokens)-1])) {
		// What stands behind the statement would make the driver parse it each
		// time that it runs.
		tokens = tokens[:len(tokens)-1]
	}
	verbs := words(tokens)
	switch {
	case len(tokens) == 0:
		return text{}, errors.New("sqlite: the statement is empty")
	case slices.ContainsFunc(tokens, semicolon) && !trigger(verbs):
		return text{}, errors.New("sqlite: one statement at a time, but there is more behind a semicolon")
	}
	t := text{changes: changes(verbs)}
	if len(verbs) > 0 {
		t.verb = verbs[0]
	}
	ordered, err := t.placeholders(tokens)
	if err != nil {
		return text{}, err
	}

	var out strings.Builder
	for _, tok := range tokens {
		switch {
		case tok.Kind != sqltext.Param || t.foreign != "":
			out.WriteString(tok.Text)
		case ordered:
			// The driver asks for the name of each placeholder when it binds,
			// and this one has none to copy.
			out.WriteString("?")
		default:
			out.WriteString("?" + tok.Text[1:])
		}
	}
	t.sql = out.String()
	return t, nil
}

// placeholders looks at the parameters among tokens, and reports whether they
// are $1, $2 … in order, each once.
func (t *text) placeholders(tokens []sqltext.Token) (ordered bool, err error) {
	var used []int
	for _, tok := range tokens {
		if tok.Kind != sqltext.Param {
			continue
		}
		n, err := number(tok.Text)
		if err != nil {
			return false, err
		}
		if n == 0 {
			t.foreign = tok.Text
		} else {
			used = append(used, n)
		}
	}
	if len(used) == 0 {
		return false, nil
	}
	if t.foreign != "" {
		return false, fmt.Errorf("sqlite: the statement mixes $%d with %s", used[0], t.foreign)
	}
	distinct := slices.Compact(slices.Sorted(slices.Values(used)))
	t.params = distinct[len(distinct)-1]
	for i, n := range distinct {
		if n != i+1 {
			return false, fmt.Errorf("sqlite: the statement has $%d but no $%d", t.params, i+1)
		}
	}
	return slices.Equal(used, distinct), nil
}

// number returns the number of $1, or 0 for a placeholder of another form.
func number(param string) (int, error) {
	if param[0] != '$' || param[1] < '0' || param[1] > '9' {
		return 0, nil
	}
	const most = 32766 // SQLite's limit
	n, err := strconv.Atoi(param[1:])
	if err != nil || n < 1 || n > most {
		return 0, fmt.Errorf("sqlite: placeholders go from $1 to $%d, not %s", most, param)
	}
	return n, nil
}

func trivial(t sqltext.Token) bool { return t.Kind == sqltext.Space || t.Kind == sqltext.Comment }

func semicolon(t sqltext.Token) bool { return t.Text == ";" }

// words returns the words of a statement that stand in no parentheses, in
// capitals.
func words(tokens []sqltext.Token) []string {
	var words []string
	depth := 0
	for _, tok := range tokens {
		switch {
		case tok.Text == "(":
			depth++
		case tok.Text == ")":
			depth--
		case tok.Kind == sqltext.Word && depth == 0:
			words = append(words, strings.ToUpper(tok.Text))
		}
	}
	return words
}

// trigger reports whether the words are of a CREATE TRIGGER, which has
// semicolons inside.
func trigger(words []string) bool {
	return len(words) > 2 && words[0] == "CREATE" && slices.Contains(words[1:3], "TRIGGER")
}

// changes reports whether the words are of a statement that changes rows.
func changes(words []string) bool {
	for _, w := range words {
		switch w {
		case "INSERT", "UPDATE", "DELETE", "REPLACE":
			return true
		case "WITH", "RECURSIVE", "AS", "NOT", "MATERIALIZED":
			continue
		}
		if words[0] != "WITH" || w == "SELECT" || w == "VALUES" {
			return false
		}
	}
	return false
}
