package application

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path"
	"strings"
)

// Types returns the package in a folder with its types, as the compiler sees it. It has to compile; an error shows the
// first of what does not.
func (a *Application) Types(ctx context.Context, folder string) (*types.Package, error) {
	cmd := exec.CommandContext(ctx, "go", "list", "-e", "-export", "-deps", "-json=ImportPath,Export,Error", "./"+folder)
	cmd.Dir = a.Dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("go list: %w: %s", err, strings.TrimSpace(stderr.String()))
	}
	exports := map[string]string{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath, Export string
			Error              *struct{ Err string }
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
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
