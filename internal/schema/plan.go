package schema

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Plan is what New writes.
type Plan struct {
	// Files are the migrations. There are none when the databases need not change.
	Files []Planned
	// Snapshot is the new snapshot; nil if it stays as it is.
	Snapshot     []byte
	SnapshotPath string
	// Accepted are findings of terem migrate lint that the files accept by
	// comments.
	Accepted []string
}

// Planned is a migration that is to be written.
type Planned struct{ Path, Text string }

var migrationName = regexp.MustCompile(`^[a-z0-9_]+$`)

// Plan returns what New writes, and writes nothing.
func (f *Folder) Plan(name string, o Options) (*Plan, error) {
	from, to, err := f.schemas()
	if err != nil {
		return nil, err
	}
	if f.last > 0 && !f.recorded() {
		return nil, fmt.Errorf("there are migrations and no %s, so it is not known what they lead to. If it is what the models say, record that: terem migrate new --record; terem migrate verify URL tells", f.snapshot())
	}
	files, err := Change(from, to, f.dialects, o)
	if err != nil {
		return nil, err
	}
	return f.plan(name, pair(files, f.dialects), to.Marshal())
}

func (f *Folder) plan(name string, files []File, snapshot []byte) (*Plan, error) {
	if !migrationName.MatchString(name) {
		return nil, fmt.Errorf("the name %q becomes part of a file's: give one of a-z, 0-9 and _, as in add_orders", name)
	}
	p := &Plan{SnapshotPath: f.snapshot()}
	for _, file := range files {
		base := fmt.Sprintf("%05d_%s%s.sql", f.last+1+int64(file.Step), name, file.Suffix)
		p.Files = append(p.Files, Planned{filepath.Join(f.dir, string(file.Dialect), base), file.Text})
	}
	slices.SortFunc(p.Files, func(a, b Planned) int {
		return cmp.Or(strings.Compare(filepath.Base(a.Path)[:5], filepath.Base(b.Path)[:5]), -strings.Compare(a.Path, b.Path)) // sqlite first
	})
	if err := f.accept(p); err != nil {
		return nil, err
	}
	if old, err := os.ReadFile(f.snapshot()); snapshot != nil && (err != nil || !bytes.Equal(old, snapshot)) {
		p.Snapshot = snapshot
	}
	return p, nil
}
