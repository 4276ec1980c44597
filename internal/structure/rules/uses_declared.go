package rules

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"github.com/terem-go/terem/internal/structure"
)

var usesDeclared = &Rule{
	ID:    "uses-declared",
	Title: "domain.go declares which other domains the domain uses.",
	Reason: "What a domain needs of others decides what can be changed, moved or taken out alone. An arrow between domains is a decision, " +
		"and is seen as one in a review when it is a line of domain.go.",
	Application: func(a *Application) []Finding {
		var list []Finding
		for _, p := range a.Program.Packages {
			if p.Kind == structure.KindDomain {
				list = append(list, a.undeclared(p)...)
				list = append(list, a.unused(p)...)
			}
		}
		return list
	},
}

const usesDirective = "//terem:uses"

// undeclared finds imports of domains that are not declared, one for each domain.
func (a *Application) undeclared(p *structure.Package) []Finding {
	declared, _ := p.Uses()
	var list []Finding
	seen := map[*structure.Package]bool{}
	for _, file := range p.Files {
		for _, spec := range file.Imports {
			other := a.Program.Package(importPath(spec))
			if other == nil || other.Kind != structure.KindDomain || seen[other] ||
				slices.ContainsFunc(declared, func(word string) bool { return a.inRoom(word) == other }) {
				continue
			}
			seen[other] = true
			f := found(spec, fmt.Sprintf("%s uses the domain %s, and does not declare it", p.Room, other.Room))
			f.WayOut = fmt.Sprintf("if it should, write %s %s at the end of the package comment in domain.go", usesDirective, name(other))
			if edit, ok := declare(p, other); ok {
				f.Fix = []Edit{edit}
			}
			list = append(list, f)
		}
	}
	return list
}

// name returns how a domain is declared: by its folder.
func name(p *structure.Package) string { return p.Room[strings.LastIndexByte(p.Room, '/')+1:] }

// declare returns the edit that declares another domain.
func declare(p, other *structure.Package) (Edit, bool) {
	domain := file(p, structure.RoleDomain)
	if domain == nil {
		return Edit{}, false
	}
	line := usesDirective + " " + name(other)
	if domain.Doc == nil {
		return Edit{Pos: domain.Package, New: line + "\n"}, true
	}
	return Edit{Pos: domain.Doc.End(), New: "\n" + line}, true
}

// unused finds declarations of what is no domain, or is not used.
func (a *Application) unused(p *structure.Package) []Finding {
	var list []Finding
	words, at := p.Uses()
	for i, word := range words {
		f := Finding{Pos: at[i], End: at[i] + token.Pos(len(word)), WayOut: "take it out of domain.go"}
		other := a.inRoom(word)
		switch {
		case other == nil || other.Kind != structure.KindDomain:
			f.Title = fmt.Sprintf("%s declares to use %s, and there is no such domain", p.Room, word)
		case other == p:
			f.Title = p.Room + " declares to use itself"
		case a.leads(p, other):
			continue
		default:
			f.Title = fmt.Sprintf("%s declares to use %s, and does not", p.Room, word)
		}
		list = append(list, f)
	}
	for _, c := range directives(p) {
		withdraw(c, list)
	}
	return list
}

// leads reports whether a domain uses another one: by an import, a foreign key or an
// event.
func (a *Application) leads(p, other *structure.Package) bool {
	for _, file := range p.Files {
		for _, spec := range file.Imports {
			if importPath(spec) == other.Path {
				return true
			}
		}
	}
	return slices.ContainsFunc(a.App.Arrows, func(x *structure.Arrow) bool { return x.From == p.Room && x.To == other.Room })
}

// directives are the comments by which a domain declares what it uses.
func directives(p *structure.Package) []*ast.Comment {
	domain := file(p, structure.RoleDomain)
	if domain == nil || domain.Doc == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(domain.Doc.List), func(c *ast.Comment) bool { return !strings.HasPrefix(c.Text, usesDirective+" ") })
}

// withdraw gives the findings in a directive the edits that take their words out, or
// the whole directive if no word is left.
func withdraw(c *ast.Comment, list []Finding) {
	var inside []*Finding
	for i := range list {
		if c.Pos() <= list[i].Pos && list[i].Pos < c.End() {
			inside = append(inside, &list[i])
		}
	}
	for _, f := range inside {
		f.Fix = []Edit{{Pos: f.Pos - 1, Until: f.End}} // with the space before it
		if len(inside) == len(strings.Fields(c.Text))-1 {
			f.Fix = []Edit{{Pos: c.Pos(), Until: c.End() + 1}} // with the end of the line
		}
	}
}
