package application

import (
	"go/ast"
	"slices"
	"strings"

	"github.com/terem-go/terem/internal/gosyntax"
)

// Imports reports whether one of the package's files imports a package.
func (p *Package) Imports(importPath string) bool {
	return slices.ContainsFunc(p.names(), func(name string) bool { return imports(p.Files[name], importPath) != "" })
}

// Reaches reports whether the package in one folder of the application imports that in another, by way of others
// included. What cannot be read reaches nothing.
func (a *Application) Reaches(from, to string) bool {
	seen := map[string]bool{}
	var visit func(folder string) bool
	visit = func(folder string) bool {
		if seen[folder] {
			return false
		}
		seen[folder] = true
		p, err := a.Package(folder)
		if err != nil {
			return false
		}
		for _, f := range p.Files {
			for _, s := range f.Imports {
				next, own := strings.CutPrefix(strings.Trim(s.Path.Value, `"`), a.Path+"/")
				if own && (next == to || visit(next)) {
					return true
				}
			}
		}
		return false
	}
	return visit(from)
}

// imports returns the name by which a file refers to the package of an import path; "" if it does not import it.
func imports(f *ast.File, importPath string) string {
	for _, s := range f.Imports {
		if strings.Trim(s.Path.Value, `"`+"`") != importPath {
			continue
		}
		if s.Name != nil {
			return s.Name.Name
		}
		return gosyntax.PackageName(importPath)
	}
	return ""
}
