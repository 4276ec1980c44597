package structure

import (
	"slices"
	"strings"
)

// Below returns the folders of the applications below the program's own folder, if
// that is none itself: a main of the library with domains beside it, as in a
// repository of several applications.
func (p *Program) Below() []string {
	var list []string
	for _, pkg := range p.Packages {
		if pkg.Types.Name() != "main" || !pkg.imports(library+"app") {
			continue
		}
		if pkg.Room == "." {
			return nil
		}
		if slices.ContainsFunc(p.Packages, func(x *Package) bool { return x.Kind == KindDomain && strings.HasPrefix(x.Room, pkg.Room+"/") }) {
			list = append(list, pkg.Room)
		}
	}
	return list
}

// imports reports whether a file of the package imports another one.
func (p *Package) imports(path string) bool {
	for _, other := range p.Types.Imports() {
		if other.Path() == path {
			return true
		}
	}
	return false
}
