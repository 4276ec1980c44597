package rules_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/terem-go/terem/internal/structure"
)

const library = "github.com/terem-go/terem"

// importable are the packages that the programs of testdata import, besides those
// that these need. Whoever needs another one adds it.
var importable = []string{
	library + "/api", library + "/app", library + "/auth", library + "/dao", library + "/db", library + "/db/postgres",
	library + "/db/sqlite", library + "/errs", library + "/jobs", library + "/mail", library + "/migrate",
	library + "/settings", library + "/web", "database/sql", "flag", "log", "log/slog", "net/http", "net/smtp", "os/exec",
}

// exports are the files with what packages export. All programs share them: asking
// the go command for each of them would take most of the time of these tests.
var exports = sync.OnceValues(func() (map[string]string, error) {
	cmd := exec.Command("go", append([]string{"list", "-export", "-deps", "-json=ImportPath,Export"}, importable...)...)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w: %s", err, complaint.String())
	}
	files := map[string]string{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct{ ImportPath, Export string }
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return files, nil
		} else if err != nil {
			return nil, err
		}
		files[p.ImportPath] = p.Export
	}
})

// loader type-checks a program of testdata.
type loader struct {
	program *structure.Program
	library types.Importer
	sources map[string][]*ast.File // by import path
	done    map[string]*types.Package
}

// load writes the files of an archive into a folder and returns the program that
// they are, the module example.com/shop.
func load(t *testing.T, archive *txtar.Archive) *structure.Program {
	t.Helper()
	files, err := exports()
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	l := &loader{
		program: &structure.Program{Dir: t.TempDir(), Module: "example.com/shop", Fset: fset},
		library: importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) {
			if files[path] == "" {
				return nil, errors.New("add it to the list importable in load_test.go")
			}
			return os.Open(files[path])
		}),
		sources: map[string][]*ast.File{}, done: map[string]*types.Package{},
	}
	module := txtar.File{Name: "go.mod", Data: []byte("module " + l.program.Module + "\n\ngo 1.26.0\n")}
	for _, f := range append([]txtar.File{module}, archive.Files...) {
		name := filepath.Join(l.program.Dir, filepath.FromSlash(f.Name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o777), os.WriteFile(name, f.Data, 0o666)); err != nil {
			t.Fatal(err)
		}
		if path.Ext(f.Name) != ".go" || strings.HasSuffix(f.Name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(fset, name, f.Data, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		p := path.Join(l.program.Module, path.Dir(f.Name))
		l.sources[p] = append(l.sources[p], file)
	}
	for p := range l.sources {
		if _, err := l.Import(p); err != nil {
			t.Fatal(err)
		}
	}
	slices.SortFunc(l.program.Packages, func(a, b *structure.Package) int { return strings.Compare(a.Path, b.Path) })
	return l.program
}

// Import implements types.Importer.
func (l *loader) Import(path string) (*types.Package, error) {
	files := l.sources[path]
	if files == nil {
		return l.library.Import(path)
	}
	if p := l.done[path]; p != nil {
		return p, nil
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{}, Scopes: map[ast.Node]*types.Scope{},
		Instances: map[*ast.Ident]types.Instance{}}
	p, err := (&types.Config{Importer: l}).Check(path, l.program.Fset, files, info)
	if err != nil {
		return nil, err
	}
	l.done[path] = p
	l.program.Packages = append(l.program.Packages, structure.NewPackage(l.program.Module, l.program.Dir, l.program.Fset, files, p, info))
	return p, nil
}
