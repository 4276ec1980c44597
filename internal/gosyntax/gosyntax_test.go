package gosyntax_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"testing"

	"github.com/terem-go/terem/internal/gosyntax"
)

func TestReceiver(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"func f() {}": "", "func (T) f() {}": "T", "func (t *T) f() {}": "T", "func (t (*T)) f() {}": "T",
		"func (t T[A]) f() {}": "T", "func (t *T[A, B]) f() {}": "T", "func () f() {}": "",
	} {
		f, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+source, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if got := gosyntax.Receiver(f.Decls[0].(*ast.FuncDecl)); got != want {
			t.Errorf("%s: %q, want %q", source, got, want)
		}
	}
}

func TestPackageName(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"fmt": "fmt", "github.com/google/uuid": "uuid", "github.com/jackc/pgx/v5": "pgx", "gopkg.in/yaml.v3": "yaml", "v2": "v2", "example.com/versions": "versions",
	} {
		if got := gosyntax.PackageName(path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

func TestSkipped(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, want := range map[string]bool{"orders": false, ".git": true, "_old": true, "testdata": true, "vendor": true, "node_modules": true, "module": true} {
		folder := filepath.Join(dir, name)
		if err := os.Mkdir(folder, 0o777); err != nil {
			t.Fatal(err)
		}
		if name == "module" {
			if err := os.WriteFile(filepath.Join(folder, "go.mod"), []byte("module m\n"), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if got := gosyntax.Skipped(folder); got != want {
			t.Errorf("%s: %t, want %t", name, got, want)
		}
	}
}

func TestModuleRoot(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	deep := filepath.Join(root, "apps", "shop")
	if err := os.MkdirAll(filepath.Join(deep, "go.mod"), 0o777); err != nil { // a folder of that name is none
		t.Fatal(err)
	}
	if got, ok := gosyntax.ModuleRoot(deep); ok {
		t.Errorf("without a go.mod: %s", got)
	}
	if err := os.WriteFile(filepath.Join(root, "go.mod"), []byte("module m\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{root, deep, filepath.Join(deep, "not", "there")} {
		if got, ok := gosyntax.ModuleRoot(dir); got != root || !ok {
			t.Errorf("%s: %s, %t", dir, got, ok)
		}
	}
	if got, ok := gosyntax.ModuleRoot("."); ok {
		t.Errorf("a path that is not absolute: %s", got)
	}
}
