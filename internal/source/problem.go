package source

import (
	"cmp"
	"fmt"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Problem is what does not compile at a place.
type Problem struct {
	File         string // from the application's folder on, with slashes; "" if it is nowhere in particular
	Line, Column int    // from 1
	Text         string // as the compiler says it, such as: undefined: x

	early bool // there are no types because of it
}

// String returns it as compilers print it.
func (p Problem) String() string {
	if p.File == "" {
		return p.Text
	}
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Text)
}

// problem returns the one of a text at a position.
func (l *loader) problem(at token.Position, text string) Problem {
	p := Problem{File: at.Filename, Line: at.Line, Column: at.Column, Text: strings.TrimSpace(text)}
	if rel, err := filepath.Rel(l.Dir, at.Filename); err == nil && filepath.IsLocal(rel) {
		p.File = filepath.ToSlash(rel)
	}
	return p
}

// sorted puts problems into the order of their places, and takes out those that are
// there twice.
func sorted(list []Problem) []Problem {
	slices.SortStableFunc(list, func(a, b Problem) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return slices.CompactFunc(list, func(a, b Problem) bool { return a.String() == b.String() })
}

// position reads file:line:column, as go list writes it.
func position(s string) (at token.Position) {
	parts := strings.Split(s, ":")
	if n := len(parts); n >= 3 {
		at.Filename = strings.Join(parts[:n-2], ":")
		at.Line, _ = strconv.Atoi(parts[n-2])
		at.Column, _ = strconv.Atoi(parts[n-1])
	}
	return at
}

// Broken is the error of code that does not compile.
type Broken struct {
	Dir      string // the application's folder
	Problems []Problem
}

// Err returns a *Broken if the code does not compile. What is no Go, or has no types for
// another reason, comes without what follows from it.
func (c *Code) Err() error {
	if len(c.Problems) == 0 {
		return nil
	}
	b := &Broken{c.Dir, c.Problems}
	early := func(p Problem) bool { return p.early }
	if slices.ContainsFunc(b.Problems, early) {
		b.Problems = slices.DeleteFunc(slices.Clone(b.Problems), func(p Problem) bool { return !p.early })
	}
	return b
}

// shown is how many problems the text of a Broken has.
const shown = 10

// Error lists the first problems.
func (b *Broken) Error() string {
	var s strings.Builder
	fmt.Fprintf(&s, "the application in %s does not compile; mend it first:", b.Dir)
	for i, p := range b.Problems {
		if i == shown {
			fmt.Fprintf(&s, "\n\tand %d more: go build ./... shows them", len(b.Problems)-i)
			break
		}
		s.WriteString("\n\t" + p.String())
	}
	return s.String()
}
