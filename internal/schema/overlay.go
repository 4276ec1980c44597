package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// overlay are files by their absolute names that are read instead of those on
// disk; nil for one that is to go.
type overlay map[string][]byte

func (o overlay) read(name string) ([]byte, error) {
	text, ok := o[name]
	switch {
	case !ok:
		return os.ReadFile(name)
	case text == nil:
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return text, nil
}

func (o overlay) open(name string) (io.ReadCloser, error) {
	text, err := o.read(name)
	return io.NopCloser(bytes.NewReader(text)), err
}

// list returns the names in a folder, in order. There are none if it is not there.
func (o overlay) list(dir string) (names []string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, e := range entries {
		if text, ok := o[filepath.Join(dir, e.Name())]; !ok || text != nil {
			names = append(names, e.Name())
		}
	}
	for p, text := range o {
		if filepath.Dir(p) == dir && text != nil {
			names = append(names, filepath.Base(p))
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

func (o overlay) isDir(dir string) bool {
	if info, err := os.Stat(dir); err == nil {
		return info.IsDir()
	}
	for p, text := range o {
		if filepath.Dir(p) == dir && text != nil {
			return true
		}
	}
	return false
}

// goMod returns the flags by which the go command reads the go.mod of a module as
// it will be. What it needs for that is there until done is called.
func (o overlay) goMod(root string) (flags []string, done func(), err error) {
	name := filepath.Join(root, "go.mod")
	text, ok := o[name]
	if !ok {
		return nil, func() {}, nil
	}
	dir, err := os.MkdirTemp("", "terem-schema-")
	if err != nil {
		return nil, nil, err
	}
	fresh, list := filepath.Join(dir, "go.mod"), filepath.Join(dir, "overlay.json")
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {name: fresh}})
	err = errors.Join(err, os.WriteFile(fresh, text, 0o666), os.WriteFile(list, replace, 0o666))
	if err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(dir))
	}
	return []string{"-overlay=" + list}, func() { _ = os.RemoveAll(dir) }, nil
}
