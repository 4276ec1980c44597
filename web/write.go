package web

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Write writes the assets to a folder, which it makes if need be, for a server such as nginx: each under its name
// and under the one with the hash, and beside both a .gz of what compresses (gzip_static). The names with a hash
// match the expression
//
//	-[0-9a-f]{12}(\.[^./]*)?$
//
// Each file appears complete or not at all. Other files of the folder stay, among them those of versions before,
// which pages that are still open may need.
func (a *Assets) Write(dir string) error {
	for name, f := range a.files {
		path, err := filepath.Localize(name)
		if err == nil {
			path = filepath.Join(dir, path)
			err = os.MkdirAll(filepath.Dir(path), 0o755)
		}
		if err == nil {
			err = writeFile(path, f.content)
		}
		if err == nil && a.files[name+".gz"] == nil { // which would be an asset itself
			err = writePacked(path+".gz", f.gzip())
		}
		if err != nil {
			return fmt.Errorf("web: writing assets: %w", err)
		}
	}
	return nil
}

// writePacked writes the compressed form of a file, or takes away that of a version before.
func writePacked(path string, packed []byte) error {
	if packed != nil {
		return writeFile(path, packed)
	}
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// writeFile replaces a file in one step.
func writeFile(path string, content []byte) (err error) {
	t, err := os.CreateTemp(filepath.Dir(path), ".writing-*")
	if err != nil {
		return err
	}
	_, err = t.Write(content)
	err = errors.Join(err, t.Chmod(0o644), t.Close())
	if err == nil {
		err = os.Rename(t.Name(), path)
	}
	if err != nil {
		_ = os.Remove(t.Name())
	}
	return err
}
