package source_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/terem-go/terem/internal/source"
)

// module writes the files of a txtar archive. It has a go.mod unless the archive has.
func module(t *testing.T, archive string) string {
	t.Helper()
	dir := t.TempDir()
	files := txtar.Parse([]byte("-- go.mod --\nmodule example.com/shop\n\ngo 1.26\n" + archive)).Files
	for _, f := range files {
		name := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestBroken(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ archive, want string }{
		"syntax": {"-- a/a.go --\npackage a\n\nfunc f( {\n-- b/b.go --\npackage b\n\nvar x int = \"\"\n",
			"a/a.go:3:9: expected ')', found '{'"},
		"types": {"-- a.go --\npackage a\n\nvar x int = \"\"\n\nfunc f() { y() }\n",
			"a.go:3:13: cannot use \"\" (untyped string constant) as int value in variable declaration\na.go:5:12: undefined: y"},
		"unused": {"-- a.go --\npackage a\n\nimport \"fmt\"\n", `a.go:3:8: "fmt" imported and not used`},
		"nowhere": {"-- a.go --\npackage a\n\nimport \"example.com/other\"\n\nvar x = other.X\n",
			"a.go:3:8: could not import example.com/other (no required module provides package example.com/other; to add it:\n\tgo get example.com/other)"},
		"gone": {"-- a.go --\npackage a\n\nimport _ \"example.com/shop/gone\"\n",
			"a.go:3:10: could not import example.com/shop/gone (no required module provides package example.com/shop/gone)"},
		"program": {"-- a.go --\npackage a\n\nimport _ \"example.com/shop/b\"\n-- b/b.go --\npackage main\n\nfunc main() {}\n",
			"a.go:3:10: could not import example.com/shop/b (it is a program)"},
		"cycle": {"-- a.go --\npackage a\n\nimport \"example.com/shop/b\"\n\nvar X = b.X\n-- b/b.go --\npackage b\n\nimport a \"example.com/shop\"\n\nvar X = a.X\n",
			"b/b.go:3:10: could not import example.com/shop (packages import each other: example.com/shop → example.com/shop/b → example.com/shop. Which of them is to know less? It declares what it needs as an interface, and main hands that over: see terem link)"},
		"itself": {"-- a.go --\npackage a\n\nimport _ \"example.com/shop\"\n",
			"a.go:3:10: could not import example.com/shop (packages import each other: example.com/shop → example.com/shop. Which of them is to know less? It declares what it needs as an interface, and main hands that over: see terem link)"},
		"two": {"-- a.go --\npackage a\n-- b.go --\npackage b\n", "found packages a (a.go) and b (b.go) in DIR"},
		"not there": {"-- a.go --\npackage a\n\nimport _ \"example.com/shop/b\"\n-- b/b_test.go --\npackage b\n",
			"a.go:3:10: could not import example.com/shop/b (it has nothing but tests)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := module(t, c.archive)
			code, err := source.Load(t.Context(), dir, source.Options{Info: true})
			if err != nil {
				t.Fatal(err)
			}
			broken, ok := errors.AsType[*source.Broken](code.Err())
			if !ok {
				t.Fatalf("the error is %v", code.Err())
			}
			var got []string
			for _, p := range broken.Problems {
				got = append(got, strings.ReplaceAll(p.String(), dir, "DIR"))
			}
			if got := strings.Join(got, "\n"); got != c.want {
				t.Errorf("problems are:\n%s\nnot:\n%s", got, c.want)
			}
		})
	}
}

func TestNoApplication(t *testing.T) {
	t.Parallel()
	for archive, want := range map[string]string{
		"":                           "there is no Go package of a module in ",
		"-- a_test.go --\npackage a": "there is no Go package of a module in ",
		"-- go.mod --\nmodule example.com/a\n\nrequire x\n-- a.go --\npackage a": "go.mod",
	} {
		if _, err := source.Load(t.Context(), module(t, archive), source.Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", archive, err)
		}
	}
	if _, err := source.Load(t.Context(), t.TempDir(), source.Options{}); err == nil || !strings.Contains(err.Error(), "there is no Go package of a module in ") {
		t.Errorf("without a module: %v", err)
	}
}

// What imports the application has other types of it.
func TestPartOfModule(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(module(t, `
-- app/main.go --
package main

import (
	"example.com/shop/app/users"
	"example.com/shop/lib"
)

func main() { lib.Show(&users.User{}) }
-- app/users/users.go --
package users

type User struct{}
-- lib/lib.go --
package lib

import "example.com/shop/app/users"

func Show(*users.User) {}
`), "app")
	code, err := source.Load(t.Context(), dir, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := "example.com/shop/lib, which is outside of " + dir + ", imports example.com/shop/app/users in it: name the folder of the whole module"
	if err := code.Err(); code.Module != "example.com/shop/app" || err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%s is broken: %v", code.Module, err)
	}
}

// Of one package only what it imports is read, broken or not.
func TestOnly(t *testing.T) {
	t.Parallel()
	dir := module(t, shop)
	code, err := source.Load(t.Context(), dir, source.Options{Only: "pages", Tests: true})
	if err != nil || len(code.Problems) != 0 || len(code.Packages) != 2 {
		t.Fatal(code, err)
	}
	if got := code.Package("pages").Types.Scope().Lookup("Show").Type().String(); got != "func(t *example.com/shop/users.T) string" {
		t.Errorf("Show is a %s", got)
	}
	code, err = source.Load(t.Context(), dir, source.Options{Only: "old", Tests: true})
	if err != nil || len(code.Problems) != 1 || code.Problems[0].File != "old/old.go" {
		t.Errorf("what does not compile in old: %v, %v", code, err)
	}
	if _, err := source.Load(t.Context(), dir, source.Options{Only: "nowhere"}); err == nil {
		t.Error("nowhere is a package")
	}
}
