package change

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// Change is a file that becomes another.
type Change struct {
	Path     string // relative to the application's folder, with slashes
	Old, New []byte // nil if it is not there
}

// Changes returns what is to be done, in the order of the paths, but for the
// manifest.
func (s *Set) Changes() (list []Change) {
	for p, f := range s.files {
		if (f.old == nil) != (f.new == nil) || !bytes.Equal(f.old, f.new) {
			list = append(list, Change{p, f.old, f.new})
		}
	}
	slices.SortFunc(list, func(a, b Change) int { return bytes.Compare([]byte(a.Path), []byte(b.Path)) })
	return list
}

// Overlay returns the changed files by their absolute names; nil for those that are
// to go. It is for programs that read the application as it will be.
func (s *Set) Overlay() map[string][]byte {
	all := map[string][]byte{}
	for _, c := range s.Changes() {
		all[s.path(c.Path)] = c.New
	}
	return all
}

// Line returns where a line of a file stands that it will have in another place: for
// messages about what is not written.
func (s *Set) Line(p string, line int) int {
	f := s.files[p]
	if f == nil || f.old == nil || f.new == nil {
		return line
	}
	shift := 0
	for _, h := range diff(f.old, f.new) {
		if h.Line <= line {
			shift += len(h.Old) - len(h.New)
		}
	}
	return line + shift
}

// Print prints what Apply would do, or returns why it would do nothing.
func (s *Set) Print(w io.Writer) error {
	if err := s.Err(); err != nil {
		return err
	}
	for _, c := range s.Changes() {
		switch {
		case c.Old == nil:
			fmt.Fprintf(w, "create %s, %d lines\n", c.Path, len(lines(c.New)))
		case c.New == nil:
			fmt.Fprintf(w, "delete %s\n", c.Path)
		default:
			unified(w, c.Path, c.Old, c.New)
		}
	}
	return nil
}

// Apply does all of it. After an error, and when ctx ends before the last file is
// in its place, everything is as before. What cannot be put back is kept in a
// folder that the error names.
func (s *Set) Apply(ctx context.Context) (err error) {
	if err := s.Err(); err != nil {
		return fmt.Errorf("nothing was changed: %w", err)
	}
	if s.entry != nil {
		s.manifest.Entries = append(s.manifest.Entries, *s.entry)
		s.entry = nil
	}
	f, err := s.file(ManifestPath)
	if err != nil {
		return err
	}
	f.old, f.new = s.old, s.manifest.Marshal()
	stage := s.path(".terem/.change") // of one name, so that no other command works here meanwhile
	err = os.Mkdir(stage, 0o777)
	if errors.Is(err, fs.ErrExist) {
		err = fmt.Errorf("%s is there: another terem is changing the application, or one was killed while it did. If none runs, see by git status what it has done, put that back, and remove that folder", stage)
	}
	if err != nil {
		return fmt.Errorf("nothing was changed: %w", err)
	}
	t := transaction{s: s, stage: stage}
	defer func() {
		if err != nil {
			if lost := t.undo(); lost != nil {
				// The cause is text alone: it may be an interruption, which stands for no change.
				err = fmt.Errorf("%v. Not all was put back as it was (%w): %s has the files from before", err, lost, stage)
				return
			}
			err = fmt.Errorf("nothing was changed: %w", err)
		}
		err = errors.Join(err, os.RemoveAll(stage))
	}()
	list := s.Changes()
	for i, c := range list {
		if err := errors.Join(ctx.Err(), t.prepare(i, c)); err != nil {
			return err
		}
	}
	for i, c := range list {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := t.move(i, c); err != nil {
			return err
		}
	}
	for _, dir := range slices.Backward(s.folders) {
		_ = os.Remove(s.path(dir)) // unless something else is in it
	}
	return nil
}

// transaction moves files into place and, after an error, out of it again.
type transaction struct {
	s     *Set
	stage string
	done  []func() error // takes back what was done, the last first
}

func (t *transaction) undo() (err error) {
	for _, f := range slices.Backward(t.done) {
		err = errors.Join(err, f())
	}
	return err
}

func (t *transaction) staged(i int, what string) string {
	return filepath.Join(t.stage, fmt.Sprintf("%d.%s", i, what))
}

// prepare writes what a file is to be, and what it was, and checks that nobody has
// changed it since it was read.
func (t *transaction) prepare(i int, c Change) error {
	name := t.s.path(c.Path)
	now, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if (err != nil) != (c.Old == nil) || !bytes.Equal(now, c.Old) {
		return fmt.Errorf("%s has changed meanwhile: run the command again", c.Path)
	}
	mode := t.s.files[c.Path].mode
	for what, data := range map[string][]byte{"old": c.Old, "new": c.New} {
		if data == nil {
			continue
		}
		if err := os.WriteFile(t.staged(i, what), data, mode); err != nil {
			return err
		}
		if c.Old != nil { // whatever the umask says
			if err := os.Chmod(t.staged(i, what), mode); err != nil {
				return err
			}
		}
	}
	return nil
}

// move puts a file into its place.
func (t *transaction) move(i int, c Change) error {
	name := t.s.path(c.Path)
	if c.Old == nil {
		if err := t.folder(filepath.Dir(name)); err != nil {
			return err
		}
		if err := os.Rename(t.staged(i, "new"), name); err != nil {
			return err
		}
		t.done = append(t.done, func() error { return os.Remove(name) })
		return nil
	}
	name, err := filepath.EvalSymlinks(name)
	if err != nil {
		return err
	}
	if c.New == nil {
		err = os.Remove(name)
	} else {
		err = os.Rename(t.staged(i, "new"), name)
	}
	if err == nil {
		t.done = append(t.done, func() error { return os.Rename(t.staged(i, "old"), name) })
	}
	return err
}

// folder makes a folder and those above it.
func (t *transaction) folder(dir string) error {
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := t.folder(filepath.Dir(dir)); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o777); err != nil {
		return err
	}
	t.done = append(t.done, func() error { return os.Remove(dir) })
	return nil
}
