package structure

import (
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// Program is the source of an application, with types.
type Program struct {
	Dir      string // the application's folder, absolute
	Module   string // the import path of Dir
	Fset     *token.FileSet
	Packages []*Package // of the application, without tests, in the order of their paths

	once  sync.Once // for calls
	calls *calls
	mu    sync.Mutex // for what calls remembers
}

// Package is a package of the application. A rule about one package needs nothing
// else, so it can be made from a pass of go/analysis as well, see NewPackage.
type Package struct {
	Room   string // as Room.Path
	Kind   Kind
	Path   string // the import path
	Module string // the import path of the application's folder
	Dir    string // the application's folder, absolute; "" if it is not known
	Fset   *token.FileSet
	Files  []*ast.File // in the order of their names
	Roles  map[*ast.File]Role
	Types  *types.Package
	Info   *types.Info
}

// NewPackage returns a package of the application whose folder is dir and has the
// import path module. Files of tests are left out.
func NewPackage(module, dir string, fset *token.FileSet, files []*ast.File, types *types.Package, info *types.Info) *Package {
	p := &Package{Room: roomOf(module, types.Path()), Path: types.Path(), Module: module, Dir: dir, Fset: fset,
		Roles: map[*ast.File]Role{}, Types: types, Info: info}
	for _, f := range files {
		if role := RoleOf(p.name(f)); role != RoleTest {
			p.Files = append(p.Files, f)
			p.Roles[f] = role
		}
	}
	slices.SortFunc(p.Files, func(a, b *ast.File) int { return strings.Compare(p.name(a), p.name(b)) })
	p.Kind = p.classify()
	return p
}

// Package returns the package of an import path, or nil if it is none of the
// application's.
func (p *Program) Package(importPath string) *Package {
	i, found := slices.BinarySearchFunc(p.Packages, importPath, func(x *Package, path string) int { return strings.Compare(x.Path, path) })
	if !found {
		return nil
	}
	return p.Packages[i]
}

// Place returns where a position is.
func (p *Program) Place(pos token.Pos) Place { return place(p.Dir, p.Fset.Position(pos)) }

// Place returns where a position is.
func (p *Package) Place(pos token.Pos) Place { return place(p.Dir, p.Fset.Position(pos)) }

// File returns the file that a position is in, or nil.
func (p *Package) File(pos token.Pos) *ast.File {
	for _, f := range p.Files {
		if f.FileStart <= pos && pos <= f.FileEnd {
			return f
		}
	}
	return nil
}

// name returns the name of a file, without its folder.
func (p *Package) name(f *ast.File) string {
	return filepath.Base(p.Fset.PositionFor(f.FileStart, false).Filename)
}

// place returns the place of a position, from the folder on if it is in it.
func place(dir string, at token.Position) Place {
	if rel, err := filepath.Rel(dir, at.Filename); dir != "" && err == nil && filepath.IsLocal(rel) {
		at.Filename = filepath.ToSlash(rel)
	}
	return Place{File: at.Filename, Line: at.Line}
}
