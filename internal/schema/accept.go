package schema

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/terem-go/terem/internal/migratelint"
)

// reasons are why a file may do what terem migrate lint finds in it, by rule.
// Somebody has asked for it, or the file is written so that it does no harm.
var reasons = map[string]string{
	"drop-column":  "no model has it any more",
	"drop-table":   "no model has it any more",
	"rename":       "the models have the new name",
	"type-change":  "the models have the new type",
	"set-not-null": "the UPDATE above has given every row a value",
	"many-tables":  "the file is one change of the models",
	"partial":      "it does no harm when it runs again",
}

// accept writes comments into planned files that accept what is found in them.
func (f *Folder) accept(p *Plan) error {
	if len(p.Files) == 0 {
		return nil
	}
	with := together{os.DirFS(f.dir), map[string]*Planned{}}
	for i := range p.Files {
		file := &p.Files[i]
		rel, err := filepath.Rel(f.dir, file.Path)
		if err != nil {
			return err
		}
		with.planned[filepath.ToSlash(rel)] = file
	}
	found, err := migratelint.Lint(with)
	if err != nil {
		return err
	}
	slices.Reverse(found) // lines above stay where they are
	for _, finding := range found {
		file, why := with.planned[finding.File], reasons[finding.Rule]
		if why == "" || file == nil {
			continue
		}
		lines := strings.SplitAfter(file.Text, "\n")
		comment := fmt.Sprintf("-- terem:accept %s because %s\n", finding.Rule, why)
		file.Text = strings.Join(slices.Insert(lines, finding.Line-1, comment), "")
		p.Accepted = append(p.Accepted, fmt.Sprintf("%s: %s (%s)", finding.File, finding.Title, finding.Rule))
	}
	slices.Reverse(p.Accepted)
	return nil
}

// together is a folder of migrations with those that are planned.
type together struct {
	fs.FS
	planned map[string]*Planned
}

// ReadFile implements fs.ReadFileFS.
func (t together) ReadFile(name string) ([]byte, error) {
	if p := t.planned[name]; p != nil {
		return []byte(p.Text), nil
	}
	return fs.ReadFile(t.FS, name)
}

// ReadDir implements fs.ReadDirFS.
func (t together) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(t.FS, name)
	for p := range t.planned {
		if path.Dir(p) == name {
			entries = append(entries, entry(path.Base(p)))
		}
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, err
}

// entry is a file of a folder that is not there yet.
type entry string

func (e entry) Name() string             { return string(e) }
func (entry) IsDir() bool                { return false }
func (entry) Type() fs.FileMode          { return 0 }
func (entry) Info() (fs.FileInfo, error) { return nil, fs.ErrNotExist }
