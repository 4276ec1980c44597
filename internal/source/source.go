// Package source reads and type-checks the Go code of an application, as it is or as it
// will be with files that are not written yet. Package application is for those who need
// syntax alone, of code that may not compile.
package source

import (
	"context"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"path/filepath"
	"slices"

	"github.com/terem-go/terem/internal/golist"
)

// Options say what is read. By default all packages are, without tests.
type Options struct {
	// Overlay has files by their absolute names that are read instead of those on disk;
	// nil for one that is to go.
	Overlay map[string][]byte
	// Only is the folder of a package, relative to the application's, with slashes: it and
	// what it imports is all that is wanted, without tests. "" wants all.
	Only string
	// Tests has tests checked, too. They are in no Package: what they give are problems.
	Tests bool
	// Info has Package.Info filled, which takes time and memory.
	Info bool
}

// Code is the code of an application.
type Code struct {
	Dir      string // the application's folder, absolute
	Module   string // the import path of Dir
	Fset     *token.FileSet
	Packages []*Package // in the order of their paths
	Problems []Problem  // why it does not compile, in the order of files and lines
}

// Package is a package of an application. Of one with problems there is what is known
// all the same.
type Package struct {
	Path  string // the import path
	Name  string
	Files []*ast.File // without tests
	Types *types.Package
	Info  *types.Info // nil if it was not asked for

	tests, xtests []*ast.File         // those of the package, and those of its outside
	imports       map[string]*Package // those of the application
	cycles        map[string]string   // why imports are not among them
	problems      []Problem
}

// Package returns the package in a folder, relative to that of the application, or nil.
func (c *Code) Package(folder string) *Package {
	for _, p := range c.Packages {
		if p.Path == path.Join(c.Module, folder) {
			return p
		}
	}
	return nil
}

// Load reads the application in a folder: the Go module there, or the part of one that
// is in the folder and below. Of what it depends on only the exported types are read,
// which the go command compiles if it has not done so before. The application need not
// be made by Terem.
//
// Code that does not compile is no error: see Code.Err.
func Load(ctx context.Context, dir string, o Options) (*Code, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	o.Tests = o.Tests && o.Only == ""
	list, err := golist.Run(ctx, dir, o.Overlay, "-find", "-json=ImportPath,Dir,Name,GoFiles,CgoFiles,TestGoFiles,XTestGoFiles,Module,Error", "./...")
	if err != nil {
		return nil, err
	}
	l := &loader{Options: o, Code: &Code{Dir: dir, Fset: token.NewFileSet()}, own: map[string]*Package{}, noGo: map[string]bool{}}
	if err := l.parse(list); err != nil {
		return nil, err
	}
	for _, p := range l.Packages {
		l.link(p, p.Files)
	}
	if o.Only != "" {
		p := l.Code.Package(o.Only)
		if p == nil || len(p.Files) == 0 {
			return nil, fmt.Errorf("%s is no package of the application in %s", o.Only, dir)
		}
		l.only(p)
	}
	l.cutCycles()
	l.units = l.Packages
	if o.Tests {
		for _, p := range l.Packages {
			l.addTests(p)
		}
	}
	from, err := l.locate(ctx)
	if err != nil {
		return nil, err
	}
	l.check(from)
	for _, p := range l.units {
		l.Problems = append(l.Problems, p.problems...)
	}
	l.Problems = sorted(l.Problems)
	l.Packages = slices.DeleteFunc(l.Packages, func(p *Package) bool { return len(p.Files) == 0 })
	return l.Code, nil
}
