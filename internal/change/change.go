// Package change is what a verb does to the files of an application: it is
// collected, can be shown, is done as a whole or not at all, and can be taken back.
package change

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/terem-go/terem/internal/goedit"
)

// Set is what is to be done to an application. Nothing is written before Apply.
// What cannot be done is kept for Apply too, so that people read at once all that
// is wrong.
type Set struct {
	dir      string
	manifest *Manifest
	old      []byte // the manifest's
	files    map[string]*file
	entry    *Entry   // that is being made
	folders  []string // that go if they are empty then
	errs     []error
}

// file is one of the application's.
type file struct {
	old, new []byte // nil if it is not there
	mode     fs.FileMode
}

// Open returns a Set for the application in a folder. It is an error if terem new
// has not made it.
func Open(dir string) (*Set, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	m, data, err := readManifest(abs)
	if err != nil {
		return nil, err
	}
	return &Set{dir: abs, manifest: m, old: data, files: map[string]*file{}}, nil
}

// Dir returns the application's folder, absolute.
func (s *Set) Dir() string { return s.dir }

// Manifest returns the manifest as it is after the changes so far.
func (s *Set) Manifest() *Manifest { return s.manifest }

// Record begins an entry of the manifest: it gets all that follows. An entry of
// that verb and name must not be there.
func (s *Set) Record(verb, name string, args ...string) {
	if s.manifest.Entry(verb, name) != nil {
		s.Fail(fmt.Errorf("terem %s has added %s already", verb, name))
	}
	s.entry = &Entry{Verb: verb, Name: name, Args: args, Template: TemplateVersion}
}

// Fail keeps an error that makes Apply do nothing.
func (s *Set) Fail(err error) {
	if err != nil {
		s.errs = append(s.errs, err)
	}
}

// Err returns what cannot be done so far.
func (s *Set) Err() error { return errors.Join(s.errs...) }

// Read returns a file as it is after the changes so far; fs.ErrNotExist if it is
// not there. Paths are relative to the application's folder, with slashes.
func (s *Set) Read(p string) ([]byte, error) {
	f, err := s.file(p)
	if err != nil {
		return nil, err
	}
	if f.new == nil {
		return nil, &fs.PathError{Op: "open", Path: p, Err: fs.ErrNotExist}
	}
	return f.new, nil
}

// Exists reports whether a file or a folder is there after the changes so far.
func (s *Set) Exists(p string) bool {
	if f, ok := s.files[p]; ok {
		return f.new != nil
	}
	for other, f := range s.files {
		if f.new != nil && strings.HasPrefix(other, p+"/") {
			return true
		}
	}
	_, err := os.Lstat(s.path(p))
	return err == nil
}

func (s *Set) path(p string) string { return filepath.Join(s.dir, filepath.FromSlash(p)) }

func (s *Set) file(p string) (*file, error) {
	if f := s.files[p]; f != nil {
		return f, nil
	}
	if !filepath.IsLocal(filepath.FromSlash(p)) || path.Clean(p) != p {
		return nil, fmt.Errorf("%s is not inside the application", p)
	}
	f := &file{mode: 0o666}
	info, err := os.Stat(s.path(p))
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no file", p)
	default:
		if f.old, err = os.ReadFile(s.path(p)); err != nil {
			return nil, err
		}
		f.old = append([]byte{}, f.old...) // not nil
		f.mode = info.Mode().Perm()
	}
	f.new = f.old
	s.files[p] = f
	return f, nil
}

// Create adds a file. One that is there already is not overwritten.
func (s *Set) Create(p string, data []byte) {
	if s.Exists(p) {
		s.Fail(fmt.Errorf("%s is there already. Rename it, or choose another name", p))
		return
	}
	f, err := s.file(p)
	if err != nil {
		s.Fail(err)
		return
	}
	if s.entry != nil {
		for _, dir := range s.missingFolders(p) {
			s.entry.Created = append(s.entry.Created, dir+"/")
		}
		s.entry.Created = append(s.entry.Created, p)
	}
	s.put(p, f, append([]byte{}, data...))
}

// missingFolders returns the folders above a path that are not there, the highest
// first.
func (s *Set) missingFolders(p string) (list []string) {
	for dir := path.Dir(p); dir != "." && !s.Exists(dir); dir = path.Dir(dir) {
		list = append(list, dir)
	}
	slices.Reverse(list)
	return list
}

// put changes what a file is to be.
func (s *Set) put(p string, f *file, data []byte) {
	s.manifest.note(p, f.new, data)
	f.new = data
}

// Write writes a file that is made anew each time, such as migrations/schema.json,
// whatever was there. No entry records it: who takes the entry back makes it anew.
func (s *Set) Write(p string, data []byte) {
	f, err := s.file(p)
	if err != nil {
		s.Fail(err)
		return
	}
	s.put(p, f, append([]byte{}, data...))
}

// Delete removes a file.
func (s *Set) Delete(p string) {
	f, err := s.file(p)
	if err == nil && f.new == nil {
		err = fmt.Errorf("%s is not there", p)
	}
	if err != nil {
		s.Fail(err)
		return
	}
	s.put(p, f, nil)
}

// Go edits a Go file.
func (s *Set) Go(p string, edit func(f *goedit.File)) {
	var made *goedit.File
	s.edit(p, func(src []byte) ([]byte, error) {
		g, err := goedit.Parse(p, src)
		if err != nil {
			return nil, err
		}
		g.Module = s.manifest.Answers.Module
		edit(g)
		made = g
		return g.Source()
	}, func(e *Edited) { e.Inserts, e.Imports = made.Inserts(), made.Imports() })
}

// Edit edits a file that is not Go.
func (s *Set) Edit(p string, edit func(text []byte) ([]byte, error)) {
	s.edit(p, edit, func(*Edited) {})
}

func (s *Set) edit(p string, edit func([]byte) ([]byte, error), describe func(*Edited)) {
	before, err := s.Read(p)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%s is not there, and is to be edited. Bring it back from the repository's history", p)
	}
	if err == nil && !utf8.Valid(before) {
		err = fmt.Errorf("%s is no text in UTF-8", p)
	}
	var after []byte
	if err == nil {
		after, err = edit(before)
	}
	if err != nil {
		s.Fail(err)
		return
	}
	e := Edited{Path: p, Before: Sum(before), After: Sum(after), Hunks: diff(before, after)}
	describe(&e)
	if s.entry != nil && (len(e.Hunks) > 0 || len(e.Imports) > 0) && !slices.Contains(s.entry.Created, p) && !s.amend(e, after) {
		s.entry.Edited = append(s.entry.Edited, e)
	}
	s.put(p, s.files[p], after)
}

// amend adds an edit to one that the entry has of the same file.
func (s *Set) amend(e Edited, after []byte) bool {
	i := slices.IndexFunc(s.entry.Edited, func(o Edited) bool { return o.Path == e.Path })
	if i < 0 {
		return false
	}
	first := &s.entry.Edited[i]
	current, _ := s.Read(e.Path)
	before, ok := revert(current, first.Hunks)
	if !ok {
		return false
	}
	first.After, first.Hunks = e.After, diff(before, after)
	first.Inserts = append(first.Inserts, e.Inserts...)
	first.Imports = append(first.Imports, e.Imports...)
	return true
}
