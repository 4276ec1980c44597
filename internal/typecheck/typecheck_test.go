package typecheck_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/internal/typecheck"
)

// files are those of a module: its test packages see more of the package than others
// do.
var files = map[string]string{
	"go.mod":               "module example.com/shop\n\ngo 1.26.0\n",
	"main.go":              "package main\n\nimport \"example.com/shop/users\"\n\nfunc main() { println(users.Name) }\n",
	"users/users.go":       "package users\n\nimport \"strings\"\n\n// Name is one.\nvar Name = strings.ToUpper(first)\n\nconst first = \"x\"\n",
	"users/export_test.go": "package users\n\nconst First = first\n",
	"users/users_test.go":  "package users_test\n\nimport (\n\t\"testing\"\n\n\t\"example.com/shop/pages\"\n\t\"example.com/shop/users\"\n)\n\nfunc TestName(t *testing.T) {\n\tt.Log(users.Name, users.First, pages.Show)\n}\n",
	"users/t.go":           "package users\n\n// T is a type.\ntype T struct{ Note string }\n",
	"pages/pages.go":       "package pages\n\nimport \"example.com/shop/users\"\n\n// Show shows one.\nfunc Show(t *users.T) string { return t.Note }\n",
	"old/old.go":           "package old\n\nvar x int = \"broken before\"\n",
}

func TestBroken(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range files {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		changes map[string]string // "" for a file that goes
		want    []string
	}{
		"nothing":                         {},
		"no harm":                         {changes: map[string]string{"users/users.go": "package users\n\nvar Name, first = \"x\", 1\n"}, want: []string{"users/export_test.go:3:15: first (variable of type int) is not constant"}},
		"the package as its tests see it": {changes: map[string]string{"users/users_test.go": strings.Replace(files["users/users_test.go"], "pages.Show", "pages.Show(&users.T{})", 1)}},
		"a new file":                      {changes: map[string]string{"users/more.go": "package users\n\nvar More = Less\n", "carts/carts.go": "package carts\n\nimport _ \"example.com/shop/users\"\n"}, want: []string{"users/more.go:3:12: undefined: Less"}},
		"a field goes": {changes: map[string]string{"users/t.go": "package users\n\ntype T struct{}\n"},
			want: []string{"pages/pages.go:6:41: t.Note undefined (type *users.T has no field or method Note)"}},
		"a package goes": {changes: map[string]string{"pages/pages.go": ""},
			want: []string{"users/users_test.go:6:2: could not import example.com/shop/pages (the package is not there, or does not compile)"}},
		"no syntax": {changes: map[string]string{"main.go": "package main\n\nfunc {\n"}, want: []string{"main.go:3:6: expected 'IDENT', found '{'"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changes := map[string][]byte{}
			for name, text := range c.changes {
				if changes[filepath.Join(dir, name)] = nil; text != "" {
					changes[filepath.Join(dir, name)] = []byte(text)
				}
			}
			got, err := typecheck.Broken(t.Context(), dir, changes)
			if err != nil {
				t.Fatal(err)
			}
			var texts []string
			for _, p := range got {
				texts = append(texts, p.String())
			}
			if diff := cmp.Diff(c.want, texts); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
