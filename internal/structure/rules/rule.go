// Package rules says what the structure of an application allows: one file for each
// rule.
package rules

import (
	"go/token"

	"github.com/terem-go/terem/internal/structure"
)

// Rule looks for one sort of mistake. It has either Package or Application.
type Rule struct {
	ID     string // short words with hyphens, such as role-uses; its page is docs/rules/ID.md
	Title  string // what holds in an application that keeps the rule
	Reason string // why; of each finding that gives no other
	WayOut string // what to do instead; of each finding that gives no other

	// Package looks at one package, which is all that it needs. The rule runs under
	// go vet as well then.
	Package func(p *structure.Package) []Finding
	// Application looks at the whole application.
	Application func(a *Application) []Finding
}

// Application is what a rule about a whole application looks at.
type Application struct {
	Program *structure.Program
	App     *structure.App

	code []*code // see codes
}

// Finding is a place at which a rule does not hold.
type Finding struct {
	Rule      string `json:"rule"`
	File      string `json:"file"` // relative to the application's folder, with slashes
	Line      int    `json:"line"`
	Column    int    `json:"column"` // in bytes, from 1
	EndLine   int    `json:"end_line"`
	EndColumn int    `json:"end_column"` // the one after the last
	Title     string `json:"title"`      // what is wrong; it names no line, so that it stays the same when lines move
	Reason    string `json:"reason"`
	WayOut    string `json:"way_out"`
	Fix       []Edit `json:"fix,omitempty"` // what puts it right; only what cannot change what the application does

	// Pos and End say where in Go source it is, and File to EndColumn follow from
	// them. End may be left out. A finding elsewhere, such as in a migration, has no
	// Pos, and of the rest File and Line at least.
	Pos token.Pos `json:"-"`
	End token.Pos `json:"-"`
}

// Edit replaces a part of a file.
type Edit struct {
	File  string `json:"file"`  // relative to the application's folder, with slashes; made if it does not exist
	Start int    `json:"start"` // in bytes
	End   int    `json:"end"`
	New   string `json:"new"`

	// Pos and Until say in Go source what is replaced; File, Start and End follow from
	// them. Without Pos, they are set.
	Pos   token.Pos `json:"-"`
	Until token.Pos `json:"-"`
}
