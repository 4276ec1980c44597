package rules

import (
	"cmp"
	"fmt"
	"go/format"
	"os"
	"path"
	"path/filepath"
	"slices"
)

// Fix returns what the fixes of the findings make of the files in the folder, by
// their names relative to it. Go files are formatted. Nothing is written.
func Fix(dir string, found []Finding) (map[string][]byte, error) {
	edits := map[string][]Edit{}
	for _, f := range found {
		for _, e := range f.Fix {
			if !slices.ContainsFunc(edits[e.File], func(o Edit) bool { return o.Start == e.Start && o.End == e.End && o.New == e.New }) {
				edits[e.File] = append(edits[e.File], e)
			}
		}
	}
	files := map[string][]byte{}
	for name, list := range edits {
		text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil && !os.IsNotExist(err) {
			return nil, err
		}
		if files[name], err = apply(text, list); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if path.Ext(name) == ".go" {
			if files[name], err = format.Source(files[name]); err != nil {
				return nil, fmt.Errorf("%s: a fix spoils it, nothing was written: %w", name, err)
			}
		}
	}
	return files, nil
}

// apply makes the edits of a text.
func apply(text []byte, list []Edit) ([]byte, error) {
	slices.SortStableFunc(list, func(a, b Edit) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End)) })
	var out []byte
	end := 0
	for _, e := range list {
		if e.Start < end || e.End < e.Start || e.End > len(text) {
			return nil, fmt.Errorf("two fixes are about the same text: fix one finding after the other")
		}
		out = append(append(out, text[end:e.Start]...), e.New...)
		end = e.End
	}
	return append(out, text[end:]...), nil
}
