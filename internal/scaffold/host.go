package scaffold

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"github.com/terem-go/terem/internal/gosyntax"
)

// host is a module that an application becomes part of, because its folder is
// below the module's.
type host struct {
	root string
	mod  *modfile.File
}

// findHost returns the module around the folder dir; nil if there is none.
func findHost(dir string) (*host, error) {
	root, ok := gosyntax.ModuleRoot(dir)
	if !ok {
		return nil, nil
	}
	mod, err := readGoMod(root)
	if err != nil {
		return nil, fmt.Errorf("the application would become part of a module that is broken: %w", err)
	}
	return &host{root, mod}, nil
}

// importPath returns the import path of the application in the folder dir.
func (h *host) importPath(o Options, dir string) (string, error) {
	if o.Module != "" {
		return "", fmt.Errorf("%s is inside the module %s (%s) and becomes part of it. Leave out --module, or name a folder elsewhere",
			dir, h.mod.Module.Mod.Path, filepath.Join(h.root, "go.mod"))
	}
	rel, err := filepath.Rel(h.root, dir)
	if err != nil {
		return "", err
	}
	p := path.Join(h.mod.Module.Mod.Path, filepath.ToSlash(rel))
	if err := module.CheckImportPath(p); err != nil {
		return "", fmt.Errorf("%q cannot be an import path in the module %s: %w. Name the folder otherwise", p, h.mod.Module.Mod.Path, reason(err))
	}
	return p, nil
}

// join adds what the application in the folder dir needs to the module's go.mod
// and go.sum, and returns what is new in go.mod. Both stay as they were after an
// error.
func (h *host) join(ctx context.Context, c *Checkout, dir string) (changes []string, err error) {
	if h.mod.Module.Mod.Path == libraryPath {
		return nil, nil
	}
	mod, err := openFile(filepath.Join(h.root, "go.mod"))
	if err != nil {
		return nil, err
	}
	sum, err := openFile(filepath.Join(h.root, "go.sum"))
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, mod.restore(), sum.restore())
		}
	}()
	if changes, err = joinGoMod(h.mod, h.root, c); err != nil {
		return nil, err
	}
	data, err := h.mod.Format()
	if err != nil {
		return nil, err
	}
	if err := errors.Join(mod.write(data), sum.write(joinSums(sum.old, c.sum))); err != nil {
		return nil, cannotWrite(err)
	}
	// The go command raises what the requirements of both need together.
	if _, err := goCommand(ctx, dir, "list", "-mod=mod", "-deps", "-test", "./..."); err != nil {
		if ctx.Err() != nil {
			return nil, err
		}
		return nil, fmt.Errorf("the application does not fit into the module %s: %w. Name a folder outside of it", h.mod.Module.Mod.Path, err)
	}
	return changes, nil
}

// file is a file that is changed, and can be changed back.
type file struct {
	name  string
	old   []byte
	fresh bool // it was not there
}

func openFile(name string) (file, error) {
	old, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return file{name: name, fresh: true}, nil
	}
	return file{name: name, old: old}, err
}

func (f file) write(data []byte) error { return os.WriteFile(f.name, data, 0o666) }

func (f file) restore() error {
	if !f.fresh {
		return f.write(f.old)
	}
	if err := os.Remove(f.name); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// vendored reports whether the module keeps its dependencies in a folder.
func (h *host) vendored() bool {
	_, err := os.Stat(filepath.Join(h.root, "vendor", "modules.txt"))
	return err == nil
}

// joinSums returns the lines of a go.sum and those of another that it lacks.
func joinSums(own, more []byte) []byte {
	have := map[string]bool{}
	for line := range strings.Lines(string(own)) {
		have[strings.TrimSpace(line)] = true
	}
	var b bytes.Buffer
	b.Write(own)
	for line := range strings.Lines(string(more)) {
		if !have[strings.TrimSpace(line)] {
			b.WriteString(line)
		}
	}
	return b.Bytes()
}
