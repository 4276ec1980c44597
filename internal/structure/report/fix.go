package report

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/terem-go/terem/internal/structure/rules"
)

// Fix writes what the fixes of all findings make of the files, the known ones
// included, and returns the names of the files. Nothing is written if breaks, which is
// given the files by their absolute names, returns an error, or if not all can be. Each
// file is replaced as a whole.
func (r *Report) Fix(breaks func(overlay map[string][]byte) error) (names []string, err error) {
	files, err := rules.Fix(r.dir, slices.Concat(r.Findings, r.Known))
	if err != nil || len(files) == 0 {
		return nil, err
	}
	names = slices.Sorted(maps.Keys(files))
	overlay := map[string][]byte{}
	for name, text := range files {
		overlay[filepath.Join(r.dir, filepath.FromSlash(name))] = text
	}
	if err := breaks(overlay); err != nil {
		return nil, fmt.Errorf("nothing was put right, because with the fixes: %w", err)
	}
	parts := map[string]string{} // the files by what will replace them
	defer func() {
		for part := range parts {
			if gone := os.Remove(part); !errors.Is(gone, fs.ErrNotExist) {
				err = errors.Join(err, gone)
			}
		}
	}()
	for path, text := range overlay {
		mode := fs.FileMode(0o666)
		if real, err := filepath.EvalSymlinks(path); err == nil {
			path = real
			info, err := os.Stat(path)
			if err != nil {
				return nil, err
			}
			mode = info.Mode().Perm()
		}
		part := path + ".part"
		parts[part] = path
		if err := os.WriteFile(part, text, mode); err != nil {
			return nil, err
		}
	}
	for part, path := range parts {
		if err := os.Rename(part, path); err != nil {
			return nil, err
		}
	}
	return names, nil
}
