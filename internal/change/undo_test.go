package change_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/internal/change"
	"github.com/terem-go/terem/internal/goedit"
)

// Whatever the order in which things are taken back, nothing of them is left.
func TestUndo(t *testing.T) {
	t.Parallel()
	names := []string{"bills", "carts", "orders"}
	for _, order := range [][]int{{2, 1, 0}, {0, 1, 2}, {1, 0, 2}, {2, 0, 1}, {0, 2, 1}, {1, 2, 0}} {
		dir := shop(t)
		if err := os.Chmod(filepath.Join(dir, "nav.html"), 0o640); err != nil {
			t.Fatal(err)
		}
		before := tree(t, dir)
		for _, name := range names {
			s := open(t, dir)
			add(s, name)
			apply(t, s)
		}
		for _, i := range order {
			undo(t, dir, names[i])
		}
		if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
			t.Errorf("order %v (-before +back):\n%s", order, diff)
		}
	}
}

// Source that gofmt would change is taken back byte for byte, too.
func TestUndoOfUnformatted(t *testing.T) {
	t.Parallel()
	dir := shop(t)
	before := tree(t, dir)
	s := open(t, dir)
	s.Record("add domain", "x")
	s.Go("rough.go", func(f *goedit.File) {
		f.AddField("R", "B int", goedit.Last)
		f.AddImport("os")
		f.AddDecl("func f() { os.Exit(1) }", goedit.Last)
	})
	s.Go("rough.go", func(f *goedit.File) { f.AddField("R", "C int", goedit.Last) })
	apply(t, s)
	undo(t, dir, "x")
	if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
		t.Errorf("(-before +back):\n%s", diff)
	}
}

// With force, what was changed by hand stays where it is edited, and goes with the
// files that go.
func TestForce(t *testing.T) {
	t.Parallel()
	dir := shop(t)
	s := open(t, dir)
	add(s, "orders")
	apply(t, s)
	replace(t, filepath.Join(dir, "main.go"), "orders.New()", "orders.New(1)")
	write(t, filepath.Join(dir, "orders", "notes.txt"), "mine")
	s = open(t, dir)
	s.Undo(*s.Manifest().Entry("add domain", "orders"), true)
	apply(t, s)
	want := strings.NewReplacer("\t\"shop/users\"", "\t\"shop/orders\"\n\t\"shop/users\"", "\ta := ", "\tordersDomain := orders.New(1)\n\ta := ").Replace(mainGo)
	if diff := cmp.Diff(want, read(t, filepath.Join(dir, "main.go"))); diff != "" {
		t.Errorf("main.go:\n%s", diff)
	}
	if _, err := os.Stat(filepath.Join(dir, "orders")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("orders: %v", err)
	}
}

// What an entry has added to files of another goes with it.
func TestUndoTakesAlongWhatIsWithin(t *testing.T) {
	t.Parallel()
	dir := shop(t)
	before := tree(t, dir)
	s := open(t, dir)
	add(s, "orders")
	apply(t, s)
	s = open(t, dir)
	s.Record("add field", "orders.note", "orders", "note:text")
	s.Go("orders/deep/orders.go", func(f *goedit.File) { f.AddField("Row", "Note string", goedit.Last) })
	apply(t, s)
	undo(t, dir, "orders")
	if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
		t.Errorf("(-before +back):\n%s", diff)
	}
}

// What its owner has changed stays known as that, even when terem edits the file as
// well.
func TestOwnersChangesStayKnown(t *testing.T) {
	t.Parallel()
	dir := shop(t)
	s := open(t, dir)
	add(s, "orders")
	apply(t, s)
	replace(t, filepath.Join(dir, "orders", "deep", "orders.go"), "type Row", "// Row is mine.\ntype Row")
	s = open(t, dir)
	s.Record("add field", "orders.note", "orders", "note:text")
	s.Go("orders/deep/orders.go", func(f *goedit.File) { f.AddField("Row", "Note string", goedit.Last) })
	apply(t, s)
	s = open(t, dir)
	s.Undo(*s.Manifest().Entry("add domain", "orders"), false)
	const want = "orders/deep/orders.go has been changed since it was written: --force deletes it all the same"
	if err := s.Err(); err == nil || err.Error() != want {
		t.Errorf("%v\nwant: %s", err, want)
	}
}

// After a merge the manifest may have its files in any order, or lack some: what was
// changed by hand is kept all the same.
func TestUndoAfterAMerge(t *testing.T) {
	t.Parallel()
	for name, merge := range map[string]func([]change.ManifestFile) []change.ManifestFile{
		"order": func(list []change.ManifestFile) []change.ManifestFile {
			slices.Reverse(list)
			return list
		},
		"lack": func(list []change.ManifestFile) []change.ManifestFile { return list[:0] },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := shop(t)
			s := open(t, dir)
			add(s, "orders")
			apply(t, s)
			m := s.Manifest()
			m.Files = merge(m.Files)
			write(t, filepath.Join(dir, change.ManifestPath), string(m.Marshal()))
			write(t, filepath.Join(dir, "orders/notes.txt"), "mine\n")
			s = open(t, dir)
			s.Undo(*s.Manifest().Entry("add domain", "orders"), false)
			if err := s.Apply(t.Context()); err == nil || !strings.Contains(err.Error(), "orders/notes.txt has been changed since it was written: --force") {
				t.Errorf("the error is %v", err)
			}
			if got := read(t, filepath.Join(dir, "orders/notes.txt")); got != "mine\n" {
				t.Errorf("the file has %q", got)
			}
		})
	}
}
