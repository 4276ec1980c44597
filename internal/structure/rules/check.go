package rules

import (
	"cmp"
	"go/token"
	"path/filepath"
	"slices"

	"github.com/terem-go/terem/internal/structure"
)

// Check returns what the rules find in an application, in the order of files and
// lines. What is excused in the source is left out, and a wrong excuse is a finding.
func Check(p *structure.Program, a *structure.App, list []*Rule) []Finding {
	var found []Finding
	app := &Application{Program: p, App: a}
	for _, r := range list {
		if r.Package != nil {
			for _, pkg := range p.Packages {
				found = append(found, r.complete(p, r.Package(pkg))...)
			}
		}
		if r.Application != nil {
			found = append(found, r.complete(p, r.Application(app))...)
		}
	}
	x := excusesOf(p)
	found = slices.DeleteFunc(found, x.excused)
	if slices.Contains(list, excuse) {
		found = append(found, excuse.complete(p, x.wrong(list))...)
	}
	slices.SortStableFunc(found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Title, b.Title))
	})
	return found
}

// complete fills in what the rule's findings have left out.
func (r *Rule) complete(p *structure.Program, found []Finding) []Finding {
	for i := range found {
		f := &found[i]
		f.Rule, f.Reason, f.WayOut = r.ID, cmp.Or(f.Reason, r.Reason), cmp.Or(f.WayOut, r.WayOut)
		if f.Pos.IsValid() {
			f.locate(p)
		}
		f.Line, f.Column = max(f.Line, 1), max(f.Column, 1)
		if f.EndLine == 0 {
			f.EndLine, f.EndColumn = f.Line, f.Column
		}
		for i := range f.Fix {
			if e := &f.Fix[i]; e.Pos.IsValid() {
				start, until := at(p, e.Pos), at(p, max(e.Pos, e.Until))
				e.File, e.Start, e.End = start.Filename, start.Offset, until.Offset
			}
		}
	}
	return found
}

func (f *Finding) locate(p *structure.Program) {
	start, end := at(p, f.Pos), at(p, max(f.Pos, f.End))
	f.File, f.Line, f.Column = start.Filename, start.Line, start.Column
	f.EndLine, f.EndColumn = end.Line, end.Column
}

// at returns where something is, its file relative to the application's folder.
func at(p *structure.Program, pos token.Pos) token.Position {
	where := p.Fset.PositionFor(pos, false)
	if rel, err := filepath.Rel(p.Dir, where.Filename); err == nil {
		where.Filename = filepath.ToSlash(rel)
	}
	return where
}
