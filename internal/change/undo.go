package change

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/terem-go/terem/internal/goedit"
)

// Undo takes an entry back: its files go, and its edits are reverted. Whatever has
// changed since, so that this cannot be done, is an error that names the place;
// with force it stays as it is, and changed files go all the same.
//
// Entries that have changed nothing but the files that go are dropped with it. It
// is an error if one has changed others, too.
func (s *Set) Undo(e Entry, force bool) {
	for _, other := range s.manifest.Upon(e) {
		if !other.within(e) {
			s.Fail(fmt.Errorf("%s was added since, and changed other files as well: take that back first", other))
			continue
		}
		s.drop(other)
	}
	for _, ed := range slices.Backward(e.Edited) {
		s.Fail(s.revert(e, ed, force))
	}
	for _, p := range slices.Backward(e.Created) {
		if dir, ok := strings.CutSuffix(p, "/"); ok {
			s.folders = append(s.folders, dir)
			continue
		}
		s.Fail(s.discard(p, force))
	}
	slices.Sort(s.folders)
	s.drop(e)
}

// String returns the command that made the entry.
func (e Entry) String() string {
	return strings.Join(append([]string{"terem", e.Verb}, e.Args...), " ")
}

// Upon returns the entries that have changed files which the entry created.
func (m *Manifest) Upon(e Entry) (list []Entry) {
	for _, other := range m.Entries {
		if slices.ContainsFunc(other.Edited, func(ed Edited) bool { return slices.Contains(e.Created, ed.Path) }) {
			list = append(list, other)
		}
	}
	return list
}

// within reports whether the entry has changed only files that another created.
func (e Entry) within(other Entry) bool {
	return len(e.Created) == 0 && !slices.ContainsFunc(e.Edited, func(ed Edited) bool { return !slices.Contains(other.Created, ed.Path) })
}

func (s *Set) drop(e Entry) {
	s.manifest.Entries = slices.DeleteFunc(s.manifest.Entries, e.is)
}

// discard deletes a file that was created. One that is gone already is no error.
func (s *Set) discard(p string, force bool) error {
	f, err := s.file(p)
	if err != nil {
		return err
	}
	i, known := s.manifest.file(p)
	if !force && f.new != nil && (!known || s.manifest.Files[i].SHA256 != Sum(f.new)) {
		return fmt.Errorf("%s has been changed since it was written: --force deletes it all the same", p)
	}
	s.put(p, f, nil)
	return nil
}

// revert takes the edits of a file back.
func (s *Set) revert(e Entry, ed Edited, force bool) error {
	current, err := s.Read(ed.Path)
	if err != nil {
		if force {
			return nil
		}
		return fmt.Errorf("%s is not there: bring it back from the repository's history, or leave it out with --force", ed.Path)
	}
	before, exact := []byte(nil), false
	if Sum(current) == ed.After {
		before, exact = revert(current, ed.Hunks)
	}
	switch {
	case exact:
	case len(ed.Inserts)+len(ed.Imports) > 0:
		before, err = s.revertGo(e, ed, current, force)
	default:
		var h *Hunk
		if before, h = search(current, ed.Hunks); h != nil {
			before, err = current, changed(ed.Path, *h)
		}
	}
	if err != nil && !force {
		return err
	}
	s.put(ed.Path, s.files[ed.Path], before)
	return nil
}

// changed is the error about lines that are not there any more.
func changed(p string, h Hunk) error {
	if len(h.New) == 0 {
		return fmt.Errorf("%s has changed since, and where these lines were cannot be told:\n\n%s\nPut them back by hand, and use --force", p, strings.Join(h.Old, ""))
	}
	return fmt.Errorf("%s: these lines, line %d and below once, are no longer as they were written, or are there more than once:\n\n%s\nTake them out by hand, and use --force", p, h.Line, strings.Join(h.New, ""))
}

func (s *Set) revertGo(e Entry, ed Edited, current []byte, force bool) ([]byte, error) {
	f, err := goedit.Parse(ed.Path, current)
	if err != nil {
		return current, err
	}
	var problems []error
	for _, in := range slices.Backward(ed.Inserts) {
		if err := f.Remove(in); err != nil {
			problems = append(problems, err)
		}
	}
	if problems != nil && !force {
		return current, fmt.Errorf("%w\n%s", errors.Join(problems...), s.wayOut(e, ed.Path))
	}
	for _, im := range slices.Backward(ed.Imports) {
		f.DropImport(im)
		if im.Grouped {
			s.inherit(e, ed.Path)
		}
	}
	return f.Source()
}

// wayOut says what to do about Go that is not as it was written. Others may have been
// added to it.
func (s *Set) wayOut(e Entry, p string) string {
	const byHand = "take it out by hand, and use --force"
	since := false
	var others []string
	for _, o := range s.manifest.Entries {
		if since && slices.ContainsFunc(o.Edited, func(ed Edited) bool { return ed.Path == p }) {
			others = append(others, o.String())
		}
		since = since || o.is(e)
	}
	if others == nil {
		return "T" + byHand[1:]
	}
	return "Added to that file since: " + strings.Join(others, "; ") + ". Take back first what of that builds on this, or " + byHand
}

// inherit notes with a later entry that parentheses go when its import does.
func (s *Set) inherit(e Entry, p string) {
	for i := range s.manifest.Entries {
		other := &s.manifest.Entries[i]
		if other.is(e) {
			continue
		}
		for j := range other.Edited {
			if ed := &other.Edited[j]; ed.Path == p && len(ed.Imports) > 0 {
				ed.Imports[0].Grouped = true
				return
			}
		}
	}
}
