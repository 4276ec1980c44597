// Package sqlfile reads migration files: SQL with goose's instructions in
// comments. What it takes for one statement is what goose sends to the database
// at once.
package sqlfile

import (
	"fmt"
	"path"
	"strconv"
	"strings"
)

// File is what a migration file holds.
type File struct {
	Up, Down      []Statement
	HasDown       bool // it has the line "-- +goose Down"
	NoTransaction bool
}

// Statement is what goose sends to the database at once.
type Statement struct {
	Line  int    // where it begins, from 1
	Text  string // with its semicolon and the comments inside it
	Block bool   // it stands between the lines StatementBegin and StatementEnd
	// Substituted says that goose puts values of the environment in place of
	// ${NAME}, which Text does not show.
	Substituted bool
}

// Head returns the first line of the statement, not too long, for messages.
func (s Statement) Head() string {
	const limit = 160
	line, _, _ := strings.Cut(s.Text, "\n")
	if r := []rune(line); len(r) > limit {
		return string(r[:limit]) + "…"
	}
	return line
}

// Error says what goose would not understand, and in which line.
type Error struct {
	Line   int
	Reason string
}

// Error returns the line and the reason.
func (e *Error) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Reason) }

// Parse reads the text of a file. The error is an *Error.
func Parse(text string) (File, error) {
	var p parser
	for line := range strings.Lines(text) {
		p.number++
		if reason := p.line(strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")); reason != "" {
			return File{}, &Error{p.number, reason}
		}
	}
	if reason := p.end(); reason != "" {
		return File{}, &Error{max(p.number, 1), reason}
	}
	return p.file, nil
}

// Number returns the number that the name of a file begins with: 2 for
// 00002_orders.sql. It reports whether there is one above 0 and an underscore
// behind it.
func Number(name string) (int64, bool) {
	digits, _, found := strings.Cut(path.Base(name), "_")
	n, err := strconv.ParseInt(digits, 10, 64)
	return n, found && err == nil && n > 0
}
