// Package application reads in an application's source what a verb must know to add something to it: which domains
// there are, what they offer, and where main puts them together. It goes by syntax alone; package source knows types, and
// package schema those of rows.
package application

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/terem-go/terem/internal/gosyntax"
)

// Application is an application that is there. It need not compile.
type Application struct {
	Dir  string // its folder, absolute
	Path string // its import path
}

// Open returns the application in the folder dir. One that has no main.go, or is in no module, is an error.
func Open(dir string) (*Application, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(abs, "main.go")); err != nil {
		return nil, fmt.Errorf("%s has no main.go, so it is no application. Name its folder: --dir shop", abs)
	}
	p, err := importPath(abs)
	if err != nil {
		return nil, err
	}
	return &Application{Dir: abs, Path: p}, nil
}

// importPath returns the import path of a folder, from the go.mod in it or above it.
func importPath(dir string) (string, error) {
	root, ok := gosyntax.ModuleRoot(dir)
	if !ok {
		return "", fmt.Errorf("%s is in no module: there is no go.mod in it or above it", dir)
	}
	text, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return "", err
	}
	p := modfile.ModulePath(text)
	if p == "" {
		return "", fmt.Errorf("%s names no module", filepath.Join(root, "go.mod"))
	}
	rel, err := filepath.Rel(root, dir)
	return path.Join(p, filepath.ToSlash(rel)), err
}

// Package is a Go package of an application, without its tests.
type Package struct {
	Name   string
	Folder string // relative to the application's folder, with slashes; "." is package main
	Path   string // its import path
	Fset   *token.FileSet
	Files  map[string]*ast.File // by their names in the folder

	source map[string][]byte // by the file's path
}

// Package reads the package in a folder of the application. The error names a file that does not parse; a folder
// without Go files is an error of fs.ErrNotExist.
func (a *Application) Package(folder string) (*Package, error) {
	dir := filepath.Join(a.Dir, filepath.FromSlash(folder))
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	p := &Package{Folder: folder, Path: path.Join(a.Path, folder), Fset: token.NewFileSet(), Files: map[string]*ast.File{}, source: map[string][]byte{}}
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() || path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		f, err := parser.ParseFile(p.Fset, path.Join(folder, name), text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("%w. It must parse before something is added", err)
		}
		p.Files[name], p.Name, p.source[path.Join(folder, name)] = f, f.Name.Name, text
	}
	if len(p.Files) == 0 {
		return nil, &fs.PathError{Op: "read the Go files of", Path: dir, Err: fs.ErrNotExist}
	}
	return p, nil
}

// names are the names of the files, in their order.
func (p *Package) names() []string {
	var list []string
	for name := range p.Files {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

// Declares reports in which file the package declares a name at its top, or a method as Type.Method; "" for nowhere.
func (p *Package) Declares(name string) string {
	for _, file := range p.names() {
		for _, d := range p.Files[file].Decls {
			if slices.Contains(declared(d), name) {
				return file
			}
		}
	}
	return ""
}

// File returns the path of the file that declares a name, relative to the application's folder: one of the name other if
// none does.
func (p *Package) File(name, other string) string {
	file := p.Declares(name)
	if file == "" {
		file = other
	}
	return path.Join(p.Folder, file)
}

// declared are the names that a declaration adds to its package.
func declared(d ast.Decl) (list []string) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			return []string{d.Name.Name}
		}
		return []string{gosyntax.Receiver(d) + "." + d.Name.Name}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				list = append(list, s.Name.Name)
			case *ast.ValueSpec:
				for _, n := range s.Names {
					list = append(list, n.Name)
				}
			}
		}
	}
	return list
}
