package structure

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// NewPackage returns a package of the application whose folder is dir and has the
// import path module.
func NewPackage(module, dir string, fset *token.FileSet, files []*ast.File, pkg *types.Package, info *types.Info) *Package {
	p := &Package{Room: strings.TrimPrefix(strings.TrimPrefix(pkg.Path(), module), "/"), Path: pkg.Path(), Module: module,
		Fset: fset, Files: files, Roles: map[*ast.File]Role{}, Types: pkg, Info: info}
	if p.Room == "" {
		p.Room = "."
	}
	for _, f := range files {
		p.Roles[f] = RoleOf(fset.PositionFor(f.Package, false).Filename)
	}
	p.Kind = p.kind()
	return p
}

func (p *Package) kind() Kind {
	first, _, below := strings.Cut(p.Room, "/")
	switch {
	case first == ".":
		return KindMain
	case first == "services" && below:
		return KindService
	case first == "tasks", first == "pages", first == "utils", first == "dao":
		return Kind(first)
	case first == "static", first == "cmd":
		return KindOther
	}
	n := 0
	for _, r := range p.Roles {
		switch r {
		case RoleDomain, RoleRouter:
			return KindDomain
		case RoleNone, RoleDoc, RoleTest, RoleErrors:
		default:
			n++
		}
	}
	if n > 1 {
		return KindDomain
	}
	return KindOther
}
