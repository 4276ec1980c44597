package change

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/terem-go/terem/internal/goedit"
)

// ManifestPath is where an application keeps its manifest.
const ManifestPath = ".terem/manifest.json"

// TemplateVersion is the version of the library that the templates of this program
// belong to. No release has it.
const TemplateVersion = "v0.0.0"

// Manifest says what was written into an application and from which answers, so
// that later commands can take it back, and tell what its owner has changed since.
type Manifest struct {
	Format   int            `json:"format"` // of the manifest itself: 1
	Template TemplateID     `json:"template"`
	Answers  Answers        `json:"answers"`
	Files    []ManifestFile `json:"files"`             // in the order of their paths
	Entries  []Entry        `json:"entries,omitempty"` // what was added since, in that order
}

// TemplateID names a template.
type TemplateID struct {
	Name    string `json:"name"`
	Version string `json:"version"` // of the library that it belongs to
}

// Answers are what an application is made from.
type Answers struct {
	// Module is the import path of the application: that of its module, or of
	// its folder in the module that it is part of.
	Module string `json:"module"`
	// Name is what the application calls itself, its database and its service.
	Name string `json:"name"`
	// Database is sqlite or postgres: what DATABASE_URL is by default.
	Database string `json:"database"`
}

// ManifestFile is a file as it was last written by terem.
type ManifestFile struct {
	Path string `json:"path"` // relative to the application's folder, with slashes
	// SHA256 is the sum of the content in hexadecimal digits; none for a local
	// file, which differs from machine to machine and is not committed.
	SHA256 string `json:"sha256,omitempty"`
	Local  bool   `json:"local,omitempty"`
}

// Entry is one thing that was added to an application.
type Entry struct {
	Verb     string   `json:"verb"`     // such as "add field"
	Name     string   `json:"name"`     // what tells it from others of the verb: orders.note
	Args     []string `json:"args"`     // the command line behind the verb
	Template string   `json:"template"` // TemplateVersion of the program that did it
	// Created are the paths of new files and, ending in a slash, folders.
	Created []string `json:"created,omitempty"`
	Edited  []Edited `json:"edited,omitempty"`
}

// is reports whether two entries are of the same thing.
func (e Entry) is(other Entry) bool { return e.Verb == other.Verb && e.Name == other.Name }

// Edited is a file that an entry has changed.
type Edited struct {
	Path   string `json:"path"`
	Before string `json:"before"` // its sum
	After  string `json:"after"`
	// Hunks lead from one to the other, byte for byte.
	Hunks []Hunk `json:"hunks"`
	// Inserts and Imports say the same of Go so that it can be found again when
	// the file has changed since.
	Inserts []goedit.Insert `json:"inserts,omitempty"`
	Imports []goedit.Import `json:"imports,omitempty"`
}

// Sum returns the sum of a file's content as manifests have it.
func Sum(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Marshal returns the manifest as it is written.
func (m *Manifest) Marshal() []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(m); err != nil {
		panic(err) // plain data
	}
	return b.Bytes()
}

// Entry returns what a verb has added under a name, or nil.
func (m *Manifest) Entry(verb, name string) *Entry {
	for i, e := range m.Entries {
		if e.is(Entry{Verb: verb, Name: name}) {
			return &m.Entries[i]
		}
	}
	return nil
}

// file returns where a file is among those that are known, or belongs.
func (m *Manifest) file(path string) (i int, known bool) {
	return slices.BinarySearchFunc(m.Files, path, func(f ManifestFile, p string) int { return strings.Compare(f.Path, p) })
}

// note keeps the sum of a file that is written. A file that its owner has changed
// before keeps the old one.
func (m *Manifest) note(path string, before, after []byte) {
	i, known := m.file(path)
	switch {
	case after == nil && known:
		m.Files = slices.Delete(m.Files, i, i+1)
	case after == nil:
	case before == nil && known:
		m.Files[i].SHA256 = Sum(after)
	case before == nil:
		m.Files = slices.Insert(m.Files, i, ManifestFile{Path: path, SHA256: Sum(after)})
	case known && m.Files[i].SHA256 == Sum(before):
		m.Files[i].SHA256 = Sum(after)
	}
}

// readManifest reads the manifest of the application in a folder.
func readManifest(dir string) (*Manifest, []byte, error) {
	name := filepath.Join(dir, filepath.FromSlash(ManifestPath))
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("%s is no application that terem new made: it has no %s. Change into an application's folder, or name it: --dir", dir, ManifestPath)
	}
	if err != nil {
		return nil, nil, err
	}
	m := new(Manifest)
	if err := json.Unmarshal(data, m); err != nil {
		return nil, nil, fmt.Errorf("%s cannot be read: %w. Bring it back from the repository's history", name, err)
	}
	if m.Format != 1 {
		return nil, nil, fmt.Errorf("%s has the format %d, and this terem knows format 1: use the terem of the library's version that the application requires", name, m.Format)
	}
	slices.SortStableFunc(m.Files, func(a, b ManifestFile) int { return strings.Compare(a.Path, b.Path) }) // a merge may have mixed them
	return m, data, nil
}
