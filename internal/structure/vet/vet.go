// Package vet makes analyzers for go vet of the rules that one package can decide.
package vet

import (
	"go/ast"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/terem-go/terem/internal/structure"
	"github.com/terem-go/terem/internal/structure/rules"
)

// Analyzers returns an analyzer for each rule that looks at packages. Its name is
// the rule's ID with _ for the hyphens.
func Analyzers() []*analysis.Analyzer {
	var list []*analysis.Analyzer
	for _, r := range rules.All {
		if r.Package != nil {
			list = append(list, analyzer(r))
		}
	}
	return list
}

func analyzer(r *rules.Rule) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name: strings.ReplaceAll(r.ID, "-", "_"),
		Doc:  r.Title + "\n\n" + r.Reason,
		Run: func(pass *analysis.Pass) (any, error) {
			p := program(pass)
			if p == nil {
				return nil, nil
			}
			for _, f := range rules.Check(p, nil, []*rules.Rule{r}) {
				pass.Report(diagnostic(f))
			}
			return nil, nil
		},
	}
}

func diagnostic(f rules.Finding) analysis.Diagnostic {
	d := analysis.Diagnostic{Pos: f.Pos, End: f.End, Category: f.Rule, Message: f.Title + ": " + f.WayOut + " (" + f.Rule + ")"}
	var edits []analysis.TextEdit
	for _, e := range f.Fix {
		if e.Pos.IsValid() {
			edits = append(edits, analysis.TextEdit{Pos: e.Pos, End: max(e.Pos, e.Until), NewText: []byte(e.New)})
		}
	}
	if len(edits) > 0 {
		d.SuggestedFixes = []analysis.SuggestedFix{{Message: f.WayOut, TextEdits: edits}}
	}
	return d
}

// program returns the package of the pass as a program of one package without its
// tests; nil if nothing is left.
func program(pass *analysis.Pass) *structure.Program {
	if pass.Module == nil || strings.HasSuffix(pass.Pkg.Name(), "_test") || strings.HasSuffix(pass.Pkg.Path(), ".test") {
		return nil
	}
	var files []*ast.File
	dir := ""
	for _, f := range pass.Files {
		if name := pass.Fset.PositionFor(f.Package, false).Filename; !strings.HasSuffix(name, "_test.go") {
			files, dir = append(files, f), filepath.Dir(name)
		}
	}
	if files == nil {
		return nil
	}
	room := strings.TrimPrefix(strings.TrimPrefix(pass.Pkg.Path(), pass.Module.Path), "/")
	for range strings.FieldsFunc(room, func(r rune) bool { return r == '/' }) {
		dir = filepath.Dir(dir)
	}
	pkg := structure.NewPackage(pass.Module.Path, dir, pass.Fset, files, pass.Pkg, pass.TypesInfo)
	return &structure.Program{Dir: dir, Module: pass.Module.Path, Fset: pass.Fset, Packages: []*structure.Package{pkg}}
}
