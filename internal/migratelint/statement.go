package migratelint

import (
	"strings"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/sqlfile"
	"github.com/terem-go/terem/internal/sqltext"
)

// statement is one statement of SQL. Goose sends some of them together.
type statement struct {
	words       words
	first       int  // its first line
	last        int  // its last line
	since       int  // the last line of the one before
	accompanied bool // goose sends others together with it
}

// divide returns the statements that goose sends as one. It is not whole when
// goose has cut it in the middle, as it does where a line ends with a semicolon.
func divide(d db.Dialect, sent sqlfile.Statement) (list []statement, whole bool) {
	next := statement{}
	line, depth, blocks := sent.Line, 0, 0
	for t := range sqltext.Tokens(d, sent.Text) {
		begins := line
		line += strings.Count(t.Text, "\n")
		switch {
		case t.Kind == sqltext.Space, t.Kind == sqltext.Comment:
			continue
		case t.Text == ";" && t.Kind == sqltext.Symbol && depth <= 0 && blocks == 0:
			if len(next.words) > 0 {
				list = append(list, next)
			}
			next, depth, whole = statement{}, 0, true
			continue
		}
		if len(next.words) == 0 {
			next.first = begins
		}
		next.words, next.last, whole = append(next.words, t), line, false
		switch {
		case t.Text == "(":
			depth++
		case t.Text == ")":
			depth--
		case t.Kind == sqltext.Word && depth == 0 && next.words.hasBody(d):
			blocks = max(0, blocks+opens(t.Text, blocks))
		}
	}
	if len(next.words) > 0 {
		list = append(list, next)
	}
	for i := range list {
		list[i].accompanied = len(list) > 1
	}
	return list, whole || sent.Block
}

// hasBody reports whether a statement may have others inside, between BEGIN and
// END.
func (w words) hasBody(d db.Dialect) bool {
	if !w.is(0, "CREATE") {
		return false
	}
	head := w[:min(len(w), 4)]
	if d == db.SQLite {
		return head.find("TRIGGER") >= 0
	}
	return head.find("FUNCTION") >= 0 || head.find("PROCEDURE") >= 0
}

// opens returns by how much a word changes how deep in blocks the next one is.
func opens(word string, blocks int) int {
	switch strings.ToUpper(word) {
	case "BEGIN":
		return 1
	case "CASE":
		return min(blocks, 1)
	case "END":
		return -1
	}
	return 0
}

// section is the part of a file after Up or Down.
type section struct {
	statements []statement
	cut        *sqlfile.Statement // the first that goose has cut in the middle: what follows is no SQL
}

func (f *file) section(sent []sqlfile.Statement) (s section) {
	since := 0
	for i, one := range sent {
		list, whole := divide(f.dialect, one)
		if !whole {
			s.cut = &sent[i]
			return s
		}
		for i := range list {
			list[i].since = since
			since = list[i].last
		}
		s.statements = append(s.statements, list...)
		since = max(since, one.Line+strings.Count(one.Text, "\n"))
	}
	return s
}
