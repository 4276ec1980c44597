// Package typecheck tells what of an application's code, tests included, would not
// compile, with files that are not written yet.
package typecheck

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Problem is what does not compile at a place.
type Problem struct {
	File         string // from the application's folder on, with slashes
	Line, Column int    // from 1
	Text         string // such as: undefined: x
}

// String returns it as compilers print it.
func (p Problem) String() string {
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Text)
}

// Broken returns the errors that code of the application in a folder has with the
// files, and does not have without them, in the order of their places. The files are those that are to be written, by their absolute
// names; nil for one that is to go. No package is compiled that is compiled already,
// and none of the application's.
func Broken(ctx context.Context, dir string, files map[string][]byte) ([]Problem, error) {
	after, err := problems(ctx, dir, files)
	if err != nil || len(after) == 0 {
		return nil, err
	}
	before, err := problems(ctx, dir, nil)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, p := range before {
		known[p.File+p.Text] = true
	}
	return slices.DeleteFunc(after, func(p Problem) bool { return known[p.File+p.Text] }), nil
}

// checker checks the types of packages. Those of others are read as they were
// compiled.
type checker struct {
	dir      string
	files    map[string][]byte
	fset     *token.FileSet
	own      map[string]*listed
	compiled types.Importer
	checked  map[string]*types.Package
	problems []Problem
}

func problems(ctx context.Context, dir string, files map[string][]byte) ([]Problem, error) {
	l, err := list(ctx, dir, files)
	if err != nil {
		return nil, err
	}
	c := newChecker(dir, files, l)
	for _, p := range l.paths {
		if err := c.whole(c.own[p]); err != nil {
			return nil, err
		}
	}
	return c.sorted(), nil
}

// sorted returns the problems in the order of their places.
func (c *checker) sorted() []Problem {
	slices.SortFunc(c.problems, func(a, b Problem) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return slices.Compact(c.problems)
}

// whole checks a package, and then its tests: those within it see more than
// others do, and those outside see it with them.
func (c *checker) whole(p *listed) error {
	if _, err := c.Import(p.ImportPath); err != nil {
		return err
	}
	tests := c
	if len(p.TestGoFiles) > 0 {
		tests = &checker{c.dir, c.files, c.fset, c.own, c.compiled, map[string]*types.Package{}, nil}
		for path, pkg := range c.checked {
			if !c.reaches(path, p.ImportPath) {
				tests.checked[path] = pkg
			}
		}
		pkg, err := tests.check(p.ImportPath, p, append(slices.Clone(p.GoFiles), p.TestGoFiles...))
		if err != nil {
			return err
		}
		tests.checked[p.ImportPath] = pkg
	}
	if len(p.XTestGoFiles) > 0 {
		if _, err := tests.check(p.ImportPath+"_test", p, p.XTestGoFiles); err != nil {
			return err
		}
	}
	if tests != c {
		c.problems = append(c.problems, tests.problems...)
	}
	return nil
}

// reaches reports whether one of the application's packages imports another, by way
// of others included.
func (c *checker) reaches(from, to string) bool {
	p := c.own[from]
	return from == to || p != nil && slices.ContainsFunc(p.Imports, func(i string) bool { return c.own[i] != nil && c.reaches(i, to) })
}

// Import implements types.Importer.
func (c *checker) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if pkg := c.checked[path]; pkg != nil {
		return pkg, nil
	}
	p := c.own[path]
	if p == nil {
		return c.compiled.Import(path)
	}
	c.checked[path] = types.NewPackage(path, p.Name) // an import cycle ends here
	pkg, err := c.check(path, p, p.GoFiles)
	if err != nil {
		return nil, err
	}
	c.checked[path] = pkg
	return pkg, nil
}

func (c *checker) check(path string, p *listed, names []string) (*types.Package, error) {
	var files []*ast.File
	for _, name := range names {
		name = filepath.Join(p.Dir, name)
		text, ok := c.files[name]
		if !ok {
			var err error
			if text, err = os.ReadFile(name); err != nil {
				return nil, err
			}
		}
		file, err := parser.ParseFile(c.fset, name, text, parser.SkipObjectResolution)
		var wrong scanner.ErrorList
		if errors.As(err, &wrong) {
			c.problems = append(c.problems, Problem{c.relative(name), wrong[0].Pos.Line, wrong[0].Pos.Column, wrong[0].Msg})
			continue
		}
		files = append(files, file)
	}
	config := types.Config{Importer: c, Error: func(err error) {
		var e types.Error
		if errors.As(err, &e) {
			at := c.fset.Position(e.Pos)
			c.problems = append(c.problems, Problem{c.relative(at.Filename), at.Line, at.Column, e.Msg})
		}
	}}
	pkg, _ := config.Check(path, c.fset, files, nil) // told to Error
	return pkg, nil
}

func (c *checker) relative(name string) string {
	rel, err := filepath.Rel(c.dir, name)
	if err != nil {
		return name
	}
	return filepath.ToSlash(rel)
}
