package change_test

import (
	"flag"
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

var update = flag.Bool("update", false, "write the golden files")

const mainGo = `package main

import (
	"shop/users"
)

func assemble() {
	a := app.New()
	a.Register(users.New())
}
`

// shop returns the folder of a small application.
func shop(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	files := map[string]string{
		"main.go":         mainGo,
		"users/errors.go": "package users\n\nimport \"errors\"\n\nvar (\n\tErrNone = errors.New(\"none\")\n)\n",
		"nav.html":        "<ul>\n<li>Home</li>\n</ul>\n",
		"crlf.go":         "package main\r\n\r\ntype T struct{}\r\n",
		"rough.go":        "package main\ntype  R struct{ A int }",
	}
	m := change.Manifest{Format: 1, Answers: change.Answers{Module: "shop", Name: "shop", Database: "sqlite"}}
	for name, text := range files {
		write(t, filepath.Join(dir, name), text)
		m.Files = append(m.Files, change.ManifestFile{Path: name, SHA256: change.Sum([]byte(text))})
	}
	slices.SortFunc(m.Files, func(a, b change.ManifestFile) int { return strings.Compare(a.Path, b.Path) })
	write(t, filepath.Join(dir, change.ManifestPath), string(m.Marshal()))
	return dir
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// tree returns the files and folders below dir; a file with its mode and content.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil || d.IsDir() {
			found[p+"/"] = info.Mode().String()
			return err
		}
		text, err := os.ReadFile(p)
		found[p] = info.Mode().String() + "\n" + string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func open(t *testing.T, dir string) *change.Set {
	t.Helper()
	s, err := change.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// add adds a domain of a name, which touches every kind of file.
func add(s *change.Set, name string) {
	s.Record("add domain", name, name, "title:string")
	s.Create(name+"/deep/"+name+".go", []byte("package "+name+"\n\ntype Row struct{}\n"))
	s.Create(name+"/notes.txt", []byte(name+"\n"))
	s.Go("main.go", func(f *goedit.File) {
		f.AddImport("shop/" + name)
		f.AddStatement("assemble", name+"Domain := "+name+".New()", goedit.Before("a := app.New("))
		f.AddArgument("assemble", "a.Register", name+"Domain")
	})
	s.Go("users/errors.go", func(f *goedit.File) {
		f.AddImport("shop/" + name)
		f.AddDecl("var X"+name+" = "+name+".X", goedit.Last)
	})
	s.Go("crlf.go", func(f *goedit.File) { f.AddField("T", name+" int", goedit.Last) })
	s.Edit("nav.html", func(text []byte) ([]byte, error) {
		return []byte(strings.Replace(string(text), "</ul>", "<li>"+name+"</li>\n</ul>", 1)), nil
	})
}

func apply(t *testing.T, s *change.Set) {
	t.Helper()
	if err := s.Apply(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func undo(t *testing.T, dir, name string) {
	t.Helper()
	s := open(t, dir)
	e := s.Manifest().Entry("add domain", name)
	if e == nil {
		t.Fatal("no entry of", name)
	}
	s.Undo(*e, false)
	apply(t, s)
}

// golden compares a text with a file.
func golden(t *testing.T, name, got string) {
	t.Helper()
	name = filepath.Join("testdata", name)
	if *update {
		write(t, name, got)
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got); if this is meant, run: go test ./internal/change -update\n%s", name, diff)
	}
}

func TestPrintAndManifest(t *testing.T) {
	t.Parallel()
	dir := shop(t)
	before := tree(t, dir)
	s := open(t, dir)
	add(s, "orders")
	var b strings.Builder
	if err := s.Print(&b); err != nil {
		t.Fatal(err)
	}
	golden(t, "print.txt", b.String())
	for line, want := range map[int]int{1: 1, 5: 4, 9: 7, 10: 8, 11: 9} {
		if got := s.Line("main.go", line); got != want {
			t.Errorf("line %d of main.go stands in line %d, want %d", line, got, want)
		}
	}
	if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
		t.Errorf("Print has written:\n%s", diff)
	}
	apply(t, s)
	manifest, err := os.ReadFile(filepath.Join(dir, change.ManifestPath))
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "manifest.json", string(manifest))
}

// What its owner has changed elsewhere stays.
func TestUndoKeepsOtherChanges(t *testing.T) {
	t.Parallel()
	dir := shop(t)
	s := open(t, dir)
	add(s, "orders")
	apply(t, s)
	name := filepath.Join(dir, "main.go")
	replace(t, name, "a := app.New()", "a := app.New() // mine")
	replace(t, filepath.Join(dir, "nav.html"), "Home", "House")
	undo(t, dir, "orders")
	if got, want := read(t, name), strings.Replace(mainGo, "app.New()", "app.New() // mine", 1); got != want {
		t.Errorf("main.go is\n%s", got)
	}
	if got, want := read(t, filepath.Join(dir, "nav.html")), "<ul>\n<li>House</li>\n</ul>\n"; got != want {
		t.Errorf("nav.html is\n%s", got)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func replace(t *testing.T, name, old, new string) {
	t.Helper()
	text := read(t, name)
	if !strings.Contains(text, old) {
		t.Fatalf("%s has no %q", name, old)
	}
	write(t, name, strings.Replace(text, old, new, 1))
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	undoOrders := func(s *change.Set) { s.Undo(*s.Manifest().Entry("add domain", "orders"), false) }
	for name, c := range map[string]struct {
		prepare func(t *testing.T, dir string)
		do      func(s *change.Set)
		want    string
	}{
		"a file is there": {
			do:   func(s *change.Set) { s.Create("nav.html", nil) },
			want: "nav.html is there already. Rename it, or choose another name",
		},
		"outside": {
			do:   func(s *change.Set) { s.Create("../x", nil) },
			want: "../x is not inside the application",
		},
		"added already": {
			do:   func(s *change.Set) { s.Record("add domain", "orders") },
			want: "terem add domain has added orders already",
		},
		"no file": {
			do:   func(s *change.Set) { s.Go("none.go", func(*goedit.File) {}) },
			want: "none.go is not there, and is to be edited. Bring it back from the repository's history",
		},
		"no text": {
			prepare: func(t *testing.T, dir string) { write(t, filepath.Join(dir, "nav.html"), "\xff") },
			do:      func(s *change.Set) { s.Edit("nav.html", func(b []byte) ([]byte, error) { return b, nil }) },
			want:    "nav.html is no text in UTF-8",
		},
		"several": {
			do: func(s *change.Set) {
				s.Go("main.go", func(f *goedit.File) { f.AddField("T", "A int", goedit.Last) })
				s.Create("nav.html", nil)
			},
			want: "main.go has no struct T. Add this there by hand, and run the command again for the rest:\n\nA int\n\nnav.html is there already. Rename it, or choose another name",
		},
		"a created file has changed": {
			prepare: func(t *testing.T, dir string) { write(t, filepath.Join(dir, "orders", "notes.txt"), "mine") },
			do:      undoOrders,
			want:    "orders/notes.txt has been changed since it was written: --force deletes it all the same",
		},
		"lines of Go have changed": {
			prepare: func(t *testing.T, dir string) {
				replace(t, filepath.Join(dir, "main.go"), "orders.New()", "orders.New(1)")
			},
			do:   undoOrders,
			want: "main.go:8: in assemble this is no longer as it was written:\n\nordersDomain := orders.New()\n\nTake it out by hand, and use --force",
		},
		"others were added to them": {
			prepare: func(t *testing.T, dir string) {
				s := open(t, dir)
				s.Record("add field", "x", "x")
				s.Go("main.go", func(f *goedit.File) { f.AddArgument("assemble", "orders.New", "1") })
				apply(t, s)
			},
			do:   undoOrders,
			want: "main.go:8: in assemble this is no longer as it was written:\n\nordersDomain := orders.New()\n\nAdded to that file since: terem add field x. Take back first what of that builds on this, or take it out by hand, and use --force",
		},
		"lines of text have changed": {
			prepare: func(t *testing.T, dir string) {
				replace(t, filepath.Join(dir, "nav.html"), "<li>orders", "<li>Orders")
			},
			do:   undoOrders,
			want: "nav.html: these lines, line 3 and below once, are no longer as they were written, or are there more than once:\n\n<li>orders</li>\n\nTake them out by hand, and use --force",
		},
		"an edited file is gone": {
			prepare: func(t *testing.T, dir string) {
				if err := os.Remove(filepath.Join(dir, "nav.html")); err != nil {
					t.Fatal(err)
				}
			},
			do:   undoOrders,
			want: "nav.html is not there: bring it back from the repository's history, or leave it out with --force",
		},
		"something builds on it": {
			prepare: func(t *testing.T, dir string) {
				s := open(t, dir)
				s.Record("add event", "orders.Paid", "orders.Paid", "--to", "users")
				s.Go("orders/deep/orders.go", func(f *goedit.File) { f.AddDecl("type Paid struct{}", goedit.Last) })
				s.Create("users/events.go", []byte("package users\n"))
				apply(t, s)
			},
			do:   undoOrders,
			want: "terem add event orders.Paid --to users was added since, and changed other files as well: take that back first",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := shop(t)
			s := open(t, dir)
			add(s, "orders")
			apply(t, s)
			if c.prepare != nil {
				c.prepare(t, dir)
			}
			before := tree(t, dir)
			s = open(t, dir)
			s.Create("fresh.txt", []byte("x"))
			c.do(s)
			err := s.Apply(t.Context())
			if want := "nothing was changed: " + c.want; err == nil || strings.TrimSpace(err.Error()) != want {
				t.Errorf("%v\nwant: %s", err, want)
			}
			if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
				t.Errorf("something was changed:\n%s", diff)
			}
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ manifest, want string }{
		"none":   {"", "is no application that terem new made: it has no .terem/manifest.json. Change into an application's folder, or name it: --dir"},
		"broken": {"{", "cannot be read: unexpected end of JSON input. Bring it back from the repository's history"},
		"newer":  {`{"format": 2}`, "has the format 2, and this terem knows format 1: use the terem of the library's version that the application requires"},
	} {
		dir := t.TempDir()
		if c.manifest != "" {
			write(t, filepath.Join(dir, change.ManifestPath), c.manifest)
		}
		if _, err := change.Open(dir); err == nil || !strings.HasSuffix(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Differences of any two texts are found and reverted.
func FuzzDiff(f *testing.F) {
	f.Add("a\nb\nc\n", "a\nx\nc\n")
	f.Add("", "a")
	f.Add("a\r\nb", "b\r\nb\r\n")
	f.Add(strings.Repeat("a\n", 20)+"b\n"+strings.Repeat("a\n", 20), strings.Repeat("a\n", 39)+"c\n")
	f.Fuzz(func(t *testing.T, before, after string) {
		if got := change.Revert(before, after); got != before {
			t.Errorf("from %q to %q and back to %q", before, after, got)
		}
	})
}
