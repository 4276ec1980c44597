package source

import (
	"go/ast"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// imported returns the import paths of files, each once.
func imported(files []*ast.File) (list []string) {
	for _, f := range files {
		for _, spec := range f.Imports {
			name, _ := strconv.Unquote(spec.Path.Value)
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// link finds what the files of a package import of the application.
func (l *loader) link(p *Package, files []*ast.File) {
	p.imports = map[string]*Package{}
	for _, name := range imported(files) {
		if other := l.own[name]; other != nil {
			p.imports[name] = other
		}
	}
}

// only keeps a package and those that it imports.
func (l *loader) only(p *Package) {
	keep := map[*Package]bool{}
	var visit func(p *Package)
	visit = func(p *Package) {
		if !keep[p] {
			keep[p] = true
			for _, other := range p.imports {
				visit(other)
			}
		}
	}
	visit(p)
	l.Packages = slices.DeleteFunc(l.Packages, func(p *Package) bool { return !keep[p] })
}

// cutCycles takes the imports out by which packages import each other: they have no
// types.
func (l *loader) cutCycles() {
	const entered, left = 1, 2
	state := map[*Package]int{}
	var path []string
	var visit func(p *Package)
	visit = func(p *Package) {
		state[p] = entered
		path = append(path, p.Path)
		for _, name := range slices.Sorted(maps.Keys(p.imports)) {
			switch other := p.imports[name]; state[other] {
			case 0:
				visit(other)
			case entered:
				if p.cycles == nil {
					p.cycles = map[string]string{}
				}
				p.cycles[name] = "packages import each other: " + strings.Join(path[slices.Index(path, name):], " → ") + " → " + name + ". Which of them is to know less? It declares what it needs as an interface, and main hands that over: see terem link"
				delete(p.imports, name)
			}
		}
		path = path[:len(path)-1]
		state[p] = left
	}
	for _, p := range l.Packages {
		if state[p] == 0 {
			visit(p)
		}
	}
}

// addTests adds what is to be checked for the tests of a package: those within it see
// more than others do, and those of its outside see all packages with them.
func (l *loader) addTests(p *Package) {
	seen := map[*Package]*Package{} // how the tests of the outside see packages
	if len(p.tests) > 0 {
		seen[p] = l.unit(p, p.Path, slices.Concat(p.Files, p.tests))
	}
	if len(p.xtests) > 0 {
		x := l.unit(p, p.Path+"_test", p.xtests)
		for name, other := range x.imports {
			x.imports[name] = l.see(other, seen)
		}
	}
}

// unit adds something to be checked that stems from a package.
func (l *loader) unit(p *Package, path string, files []*ast.File) *Package {
	u := &Package{Path: path, Name: p.Name, Files: files, cycles: p.cycles}
	l.link(u, files)
	l.units = append(l.units, u)
	return u
}

// see returns a package as it is for those who see others otherwise: a second one, if it
// imports one of them.
func (l *loader) see(p *Package, seen map[*Package]*Package) *Package {
	if seen[p] != nil {
		return seen[p]
	}
	seen[p] = p
	imports := maps.Clone(p.imports)
	for name, other := range imports {
		imports[name] = l.see(other, seen)
	}
	if !maps.Equal(imports, p.imports) {
		seen[p] = l.unit(p, p.Path, p.Files)
		seen[p].imports = imports
	}
	return seen[p]
}
