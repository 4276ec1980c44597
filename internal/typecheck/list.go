package typecheck

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
	"slices"
	"strings"
)

// listing is what the go command says of the packages.
type listing struct {
	paths   []string // of the application's packages
	own     map[string]*listed
	exports map[string]string // where what was compiled of the others is
}

// listed is a package of the application.
type listed struct {
	Dir, ImportPath, Name              string
	GoFiles, TestGoFiles, XTestGoFiles []string

	Imports, TestImports, XTestImports []string

	Error *struct{ Err string }
}

func list(ctx context.Context, dir string, files map[string][]byte) (*listing, error) {
	l := &listing{own: map[string]*listed{}, exports: map[string]string{}}
	overlay, err := writeOverlay(files)
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(overlay)
	out, err := goList(ctx, dir, "-overlay", filepath.Join(overlay, "overlay.json"), "-json=Dir,ImportPath,Name,GoFiles,TestGoFiles,XTestGoFiles,Imports,TestImports,XTestImports,Error", "./...")
	if err != nil {
		return nil, err
	}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		p := new(listed)
		if err := d.Decode(p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		l.own[p.ImportPath] = p
		l.paths = append(l.paths, p.ImportPath)
	}
	var others []string
	for _, p := range l.own {
		for _, i := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			if l.own[i] == nil && i != "C" && i != "unsafe" && !strings.HasPrefix(i, ".") {
				others = append(others, i)
			}
		}
	}
	slices.Sort(others)
	others = slices.Compact(others)
	if len(others) == 0 {
		return l, nil
	}
	out, err = goList(ctx, dir, append([]string{"-overlay", filepath.Join(overlay, "overlay.json"), "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}"}, others...)...)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(out)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), " ")
		l.exports[path] = file
	}
	return l, nil
}

// writeOverlay writes what the go command takes as overlay, into a new folder.
func writeOverlay(files map[string][]byte) (string, error) {
	dir, err := os.MkdirTemp("", "terem-")
	if err != nil {
		return "", err
	}
	replace := map[string]string{}
	for name, text := range files {
		if replace[name] = ""; text != nil {
			replace[name] = filepath.Join(dir, fmt.Sprint(len(replace), filepath.Ext(name)))
			err = errors.Join(err, os.WriteFile(replace[name], text, 0o600))
		}
	}
	text, _ := json.Marshal(map[string]any{"Replace": replace}) // plain data
	return dir, errors.Join(err, os.WriteFile(filepath.Join(dir, "overlay.json"), text, 0o600))
}

func goList(ctx context.Context, dir string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", append([]string{"list", "-e"}, args...)...)
	cmd.Dir = dir
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if errors.Is(err, exec.ErrNotFound) {
		return nil, errors.New("the go command is not there: terem reads applications with it, see https://go.dev/dl")
	}
	if err != nil {
		return nil, fmt.Errorf("go list: %w: %s", err, strings.TrimSpace(complaint.String()))
	}
	return out, nil
}
