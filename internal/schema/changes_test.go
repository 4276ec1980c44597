package schema_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/internal/migratelint"
	"github.com/terem-go/terem/internal/schema"
)

var update = flag.Bool("update", false, "write the golden files")

// What is written for typical changes, as people read it. The first line of
// after.go has the options.
func TestChanges(t *testing.T) {
	t.Parallel()
	cases, err := filepath.Glob("testdata/changes/*")
	if err != nil || len(cases) == 0 {
		t.Fatal(cases, err)
	}
	for _, c := range cases {
		t.Run(filepath.Base(c), func(t *testing.T) {
			t.Parallel()
			before, after := read(t, filepath.Join(c, "before.go")), read(t, filepath.Join(c, "after.go"))
			dir := module(t, "shop.go", before, "migrations/sqlite/keep", "", "migrations/postgres/keep", "")
			if _, err := open(t, dir).New("start", schema.Options{}); err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(dir, "shop.go"), after)
			w, err := open(t, dir).New("change", options(after))
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			for _, f := range w.Files {
				rel, err := filepath.Rel(dir, f)
				if err != nil {
					t.Fatal(err)
				}
				fmt.Fprintf(&b, "==== %s\n%s", filepath.ToSlash(rel), read(t, f))
			}
			found, err := migratelint.Lint(os.DirFS(filepath.Join(dir, "migrations")))
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range found {
				fmt.Fprintf(&b, "==== lint: %s:%d: %s (%s)\n", f.File, f.Line, f.Title, f.Rule)
			}
			golden := filepath.Join(c, "want.sql")
			if *update {
				write(t, golden, b.String())
			}
			if diff := cmp.Diff(read(t, golden), b.String()); diff != "" {
				t.Errorf("%s (-want +got); if this is meant, run: go test ./internal/schema -run TestChanges -update\n%s", golden, diff)
			}
			again, err := open(t, dir).New("again", schema.Options{})
			if err != nil || len(again.Files) > 0 || again.Recorded {
				t.Errorf("the same models a second time: %+v, %v", again, err)
			}
		})
	}
}

func open(t *testing.T, dir string) *schema.Folder {
	t.Helper()
	f, err := schema.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// options reads those in the first line, where _ stands for a blank in a value.
func options(text string) (o schema.Options) {
	line, _, _ := strings.Cut(text, "\n")
	words := strings.Fields(line)
	for i, w := range words {
		switch w {
		case "--allow-drop":
			o.AllowDrop = true
		case "--rename":
			o.Renames = append(o.Renames, words[i+1])
		case "--fill":
			o.Fills = append(o.Fills, strings.ReplaceAll(words[i+1], "_AS_", " AS "))
		}
	}
	return o
}
