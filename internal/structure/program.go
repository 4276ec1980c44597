package structure

import (
	"go/ast"
	"go/token"
	"go/types"
)

// Program is the source of an application, with types.
type Program struct {
	Dir      string // the application's folder, absolute
	Module   string // the import path of Dir
	Fset     *token.FileSet
	Packages []*Package // of the application, without tests, in the order of their paths
}

// Package is a package of the application. A rule about one package needs nothing
// else, so it can be made from a pass of go/analysis as well.
type Package struct {
	Room   string // as Room.Path
	Kind   Kind
	Path   string // the import path
	Module string // the import path of the application's folder
	Fset   *token.FileSet
	Files  []*ast.File // in the order of their names
	Roles  map[*ast.File]Role
	Types  *types.Package
	Info   *types.Info
}
