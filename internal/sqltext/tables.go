package sqltext

import (
	"slices"
	"strings"

	"github.com/terem-go/terem/db"
)

// Tables returns the tables that SQL reads and those that it writes, in the order
// in which they are named, each once and in lower case unless it is quoted. A
// schema before the name is left out, and so are the names that WITH gives. Every
// statement of a text counts. Where SQL is not complete, as in a condition, what
// is there is read.
func Tables(d db.Dialect, sql string) (reads, writes []string) {
	s := statement{}
	for t := range Tokens(d, sql) {
		if t.Kind != Space && t.Kind != Comment {
			s.tokens = append(s.tokens, t)
		}
	}
	s.with()
	s.scan()
	return s.reads, s.writes
}

// statement is a text without spaces and comments.
type statement struct {
	tokens        []Token
	named         []string // by WITH
	reads, writes []string
}

// word returns the token at i in upper case if it is a word, else "".
func (s *statement) word(i int) string {
	if i < 0 || i >= len(s.tokens) || s.tokens[i].Kind != Word {
		return ""
	}
	return strings.ToUpper(s.tokens[i].Text)
}

func (s *statement) symbol(i int, text string) bool {
	return i >= 0 && i < len(s.tokens) && s.tokens[i].Kind == Symbol && s.tokens[i].Text == text
}

// name returns the name at i, and what stands behind it; "" if there is none.
func (s *statement) name(i int) (string, int) {
	for ; i < len(s.tokens); i += 2 {
		t := s.tokens[i]
		if t.Kind != Name && t.Kind != Word {
			return "", i
		}
		if !s.symbol(i+1, ".") {
			return Unquoted(t), i + 1
		}
	}
	return "", i
}

// Unquoted returns the name that a Name or a Word is, as the database knows it: without
// its quotes, in lower case where there are none.
func Unquoted(t Token) string {
	q := t.Text[:1]
	switch {
	case t.Kind == Word:
		return strings.ToLower(t.Text)
	case q == "[":
		return strings.Trim(t.Text, "[]")
	}
	return strings.ReplaceAll(strings.TrimSuffix(t.Text[1:], q), q+q, q)
}

// with finds the names that WITH gives to queries: those before AS and a
// parenthesis.
func (s *statement) with() {
	if !slices.ContainsFunc(s.tokens, func(t Token) bool { return t.Kind == Word && strings.EqualFold(t.Text, "WITH") }) {
		return
	}
	for i := range s.tokens {
		if s.word(i) != "AS" {
			continue
		}
		next := i + 1
		for w := s.word(next); w == "NOT" || w == "MATERIALIZED"; w = s.word(next) {
			next++
		}
		if before := s.before(i); s.symbol(next, "(") && before >= 0 {
			if name, _ := s.name(before); name != "" {
				s.named = append(s.named, name)
			}
		}
	}
}

// before returns where the name before i is; a list of columns may stand between.
func (s *statement) before(i int) int {
	i--
	if s.symbol(i, ")") {
		for i >= 0 && !s.symbol(i, "(") {
			i--
		}
		i--
	}
	return i
}

// notATable are functions in whose parentheses FROM is part of their syntax.
var notATable = []string{"EXTRACT", "OVERLAY", "SUBSTRING", "TRIM"}

// scan finds the tables behind the words that name them.
func (s *statement) scan() {
	var open []bool // parentheses: whether FROM in them names a table
	for i := range s.tokens {
		before := s.word(i - 1)
		switch {
		case s.symbol(i, "("):
			open = append(open, !slices.Contains(notATable, before))
		case s.symbol(i, ")") && len(open) > 0:
			open = open[:len(open)-1]
		}
		switch s.word(i) {
		case "FROM":
			switch {
			case len(open) > 0 && !open[len(open)-1], before == "DISTINCT": // IS DISTINCT FROM
			case before == "DELETE":
				s.table(i+1, true, false)
			default:
				s.tables(i + 1)
			}
		case "JOIN":
			s.table(i+1, false, false)
		case "USING":
			s.tables(i + 1)
		case "INTO":
			s.table(i+1, true, true)
		case "TRUNCATE":
			if s.word(i+1) != "TABLE" {
				s.table(i+1, true, false)
			}
		case "TABLE":
			if before == "TRUNCATE" {
				s.table(i+1, true, false)
			}
		case "UPDATE":
			if !slices.Contains([]string{"FOR", "KEY", "DO", "ON"}, before) { // FOR NO KEY UPDATE, DO UPDATE
				s.table(s.skipOr(i+1), true, false)
			}
		}
	}
}

// skipOr skips the OR IGNORE of SQLite.
func (s *statement) skipOr(i int) int {
	if s.word(i) == "OR" {
		return i + 2
	}
	return i
}

// tables notes a list of tables that are read, each with an alias or without.
func (s *statement) tables(i int) {
	for {
		i = s.table(i, false, false)
		if s.word(i) == "AS" {
			i++
		}
		if !s.symbol(i, ",") {
			if _, next := s.name(i); !s.symbol(next, ",") {
				return
			}
			i++
		}
		i++
	}
}

// table notes the table at i and returns what stands behind it. With columns, a
// list of them may follow; without, a parenthesis makes it a function.
func (s *statement) table(i int, writes, columns bool) int {
	for w := s.word(i); w == "ONLY" || w == "LATERAL"; w = s.word(i) {
		i++
	}
	name, next := s.name(i)
	list := &s.reads
	if writes {
		list = &s.writes
	}
	isFunction := !columns && s.symbol(next, "(")
	if name != "" && !isFunction && s.word(i) != "SELECT" && !slices.Contains(s.named, name) && !slices.Contains(*list, name) {
		*list = append(*list, name)
	}
	return next
}
