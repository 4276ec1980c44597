// Package golist asks the go command about packages.
package golist

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Package is what the go command says of a package. What was not asked for is empty.
type Package struct {
	ImportPath, Dir, Name     string
	GoFiles, CgoFiles         []string
	TestGoFiles, XTestGoFiles []string
	Export                    string // the file with what it exports
	Module                    *struct{ GoVersion string }
	Error                     *Error
	DepsErrors                []*Error
}

// Error is what is wrong with a package.
type Error struct {
	Pos string // file:line:column, or ""
	Err string
}

// Run runs go list in a folder, with flags and the packages that are asked for. One of
// the flags is -json=, with the names of the fields. Packages that are wrong are listed
// with their errors. The overlay has files by their absolute names that are read instead
// of those on disk; nil for one that is to go.
func Run(ctx context.Context, dir string, overlay map[string][]byte, args ...string) ([]*Package, error) {
	all := []string{"list", "-e"}
	if len(overlay) > 0 {
		name, err := write(overlay)
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(filepath.Dir(name))
		all = append(all, "-overlay="+name)
	}
	cmd := exec.CommandContext(ctx, "go", append(all, args...)...)
	cmd.Dir = dir
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	switch text := strings.TrimSpace(complaint.String()); {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, exec.ErrNotFound):
		return nil, errors.New("the go command is not there: terem reads applications with it, see https://go.dev/dl")
	case err != nil && text == "":
		return nil, fmt.Errorf("go list in %s: %w", dir, err)
	case err != nil:
		return nil, fmt.Errorf("go list in %s: %s", dir, text)
	}
	var list []*Package
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		p := new(Package)
		if err := d.Decode(p); err == io.EOF {
			return list, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list in %s: %w", dir, err)
		}
		list = append(list, p)
	}
}

// write writes an overlay as the go command takes it, into a new folder, and returns the
// name of the list in it.
func write(overlay map[string][]byte) (list string, err error) {
	dir, err := os.MkdirTemp("", "terem-")
	if err != nil {
		return "", err
	}
	replace := map[string]string{}
	for name, text := range overlay {
		if replace[name] = ""; text != nil {
			replace[name] = filepath.Join(dir, fmt.Sprint(len(replace), filepath.Ext(name)))
			err = errors.Join(err, os.WriteFile(replace[name], text, 0o600))
		}
	}
	list = filepath.Join(dir, "overlay.json")
	text, _ := json.Marshal(map[string]any{"Replace": replace}) // plain data
	if err = errors.Join(err, os.WriteFile(list, text, 0o600)); err != nil {
		return "", errors.Join(err, os.RemoveAll(dir))
	}
	return list, nil
}
