package typecheck

import (
	"context"
	"errors"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"path/filepath"
)

// Package returns a package of the application in a folder, without its tests, and
// what does not compile in it and in those of the application that it imports. The
// package's folder is relative to that of the application.
func Package(ctx context.Context, dir, folder string) (*types.Package, []Problem, error) {
	l, err := list(ctx, dir, nil)
	if err != nil {
		return nil, nil, err
	}
	c := newChecker(dir, nil, l)
	for _, p := range l.own {
		if p.Dir == filepath.Join(dir, filepath.FromSlash(folder)) {
			pkg, err := c.Import(p.ImportPath)
			return pkg, c.sorted(), err
		}
	}
	return nil, nil, fmt.Errorf("%s is no package of the application in %s", folder, dir)
}

func newChecker(dir string, files map[string][]byte, l *listing) *checker {
	c := &checker{dir: dir, files: files, fset: token.NewFileSet(), own: l.own, checked: map[string]*types.Package{}}
	c.compiled = importer.ForCompiler(c.fset, "gc", func(p string) (io.ReadCloser, error) {
		if l.exports[p] == "" {
			return nil, errors.New("the package is not there, or does not compile")
		}
		return os.Open(l.exports[p])
	})
	return c
}
