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
// included, and returns the names of the files. If compiles returns an error
// afterwards, all files are as they were before.
func (r *Report) Fix(compiles func() error) ([]string, error) {
	files, err := rules.Fix(r.dir, slices.Concat(r.Findings, r.Known))
	if err != nil || len(files) == 0 {
		return nil, err
	}
	before := map[string][]byte{} // nil for a file that was not there
	for name, text := range files {
		path := filepath.Join(r.dir, filepath.FromSlash(name))
		old, err := os.ReadFile(path)
		if err == nil || errors.Is(err, fs.ErrNotExist) {
			before[name] = old
			err = os.WriteFile(path, text, 0o666)
		}
		if err != nil {
			return nil, errors.Join(err, r.restore(before))
		}
	}
	if err := compiles(); err != nil {
		return nil, errors.Join(fmt.Errorf("the fixes were taken back, because with them: %w", err), r.restore(before))
	}
	return slices.Sorted(maps.Keys(files)), nil
}

// restore writes the files as they were; nil for one that was not there.
func (r *Report) restore(files map[string][]byte) error {
	var failed error
	for name, text := range files {
		path := filepath.Join(r.dir, filepath.FromSlash(name))
		var err error
		if text != nil {
			err = os.WriteFile(path, text, 0o666)
		} else if err = os.Remove(path); errors.Is(err, fs.ErrNotExist) { // it could not be made
			err = nil
		}
		failed = errors.Join(failed, err)
	}
	return failed
}
