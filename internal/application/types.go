package application

import (
	"context"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"path"
	"strings"
)

// Types returns the package in a folder with its types, as the compiler sees it. It has to compile; an error shows the
// first of what does not.
func (a *Application) Types(ctx context.Context, folder string) (*types.Package, error) {
	packages, err := a.list(ctx, "-deps", "./"+folder)
	if err != nil {
		return nil, err
	}
	exports := map[string]string{}
	for _, p := range packages {
		if p.Error != nil {
			return nil, fmt.Errorf("%s does not compile, so what %s offers is not known: %s", p.ImportPath, folder, strings.TrimSpace(p.Error.Err))
		}
		exports[p.ImportPath] = p.Export
	}
	open := func(p string) (io.ReadCloser, error) {
		if exports[p] == "" {
			return nil, fmt.Errorf("go list did not compile %s", p)
		}
		return os.Open(exports[p])
	}
	return importer.ForCompiler(token.NewFileSet(), "gc", open).Import(path.Join(a.Path, folder))
}
