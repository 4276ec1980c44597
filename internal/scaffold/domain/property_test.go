package domain_test

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
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/terem-go/terem/internal/scaffold/domain"
)

// Domains come and go at random, and the application goes on compiling.
// TEREM_DOMAIN_STEPS=200 takes as many steps, and TEREM_DOMAIN_SEED repeats a walk.
func TestRandomDomains(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("compiling applications takes long")
	}
	steps, seed := 8, rand.Uint64()
	if n, err := strconv.Atoi(os.Getenv("TEREM_DOMAIN_STEPS")); err == nil {
		steps = n
	}
	if n, err := strconv.ParseUint(os.Getenv("TEREM_DOMAIN_SEED"), 10, 64); err == nil {
		seed = n
	}
	t.Logf("TEREM_DOMAIN_SEED=%d", seed)
	w := &walk{rnd: rand.New(rand.NewPCG(seed, 0)), dir: shop(t), inOrder: true}
	before := tree(t, w.dir)
	must(t, add(t, w.dir, domain.Options{Name: "samples", Fields: []string{"a:decimal", "b:uuid"}}))
	c := newChecker(t, w.dir) // knows what generated code imports
	_, err := remove(t, w.dir, domain.RemoveOptions{Name: "samples"})
	must(t, err)
	for range steps {
		w.step(t)
		c.check(t, w.dir)
		if t.Failed() {
			return
		}
	}
	goVet(t, w.dir)
	for len(w.there) > 0 {
		w.remove(t, len(w.there)-1)
		c.check(t, w.dir)
	}
	if w.inOrder {
		unchanged(t, w.dir, before)
	}
}

// walk is an application that domains come to and go from.
type walk struct {
	rnd     *rand.Rand
	dir     string
	there   []domain.Options
	names   int
	inOrder bool // only the newest domain was ever removed
}

func (w *walk) step(t *testing.T) {
	if len(w.there) > 0 && w.rnd.IntN(3) == 0 {
		w.remove(t, w.rnd.IntN(len(w.there)))
		return
	}
	o := w.options()
	if err := add(t, w.dir, o); err != nil {
		t.Fatalf("%+v: %v", o, err)
	}
	w.there = append(w.there, o)
}

// remove removes a domain, which is refused while another refers to it.
func (w *walk) remove(t *testing.T, i int) {
	o := w.there[i]
	needed := slices.ContainsFunc(w.there, func(other domain.Options) bool {
		return slices.ContainsFunc(other.Fields, func(f string) bool { return strings.Contains(f, "ref("+o.Name+")") })
	})
	before := tree(t, w.dir)
	r, err := remove(t, w.dir, domain.RemoveOptions{Name: o.Name, Drop: w.rnd.IntN(4) == 0})
	switch {
	case needed && err == nil:
		t.Fatalf("%s is removed, and others refer to it", o.Name)
	case needed:
		unchanged(t, w.dir, before)
		return
	case err != nil:
		t.Fatalf("%+v: %v", o, err)
	}
	w.inOrder = w.inOrder && r.Dropped == nil
	w.there = slices.Delete(w.there, i, i+1)
}

// options returns a domain with some fields of any types.
func (w *walk) options() domain.Options {
	w.names++
	o := domain.Options{Name: fmt.Sprintf("things%d", w.names), SoftDelete: w.rnd.IntN(2) == 0, Type: fmt.Sprintf("Thing%d", w.names)}
	kinds := []string{"string", "string(9)", "text", "int", "float", "bool", "decimal", "decimal(9,4)", "decimal(3,0)", "time", "duration", "uuid", "json", "enum(a,b)", "enum(new-one,old)", "ref(users)"}
	for _, other := range w.there {
		kinds = append(kinds, "ref("+other.Name+")")
	}
	if w.rnd.IntN(2) == 0 {
		o.Fields = append(o.Fields, "owner:ref(users,owner)")
	}
	for i := range 1 + w.rnd.IntN(8) {
		field := fmt.Sprintf("field%d:%s", i, kinds[w.rnd.IntN(len(kinds))])
		for _, mark := range []string{"?", "!"} {
			if _, err := domain.ParseField(field + mark); err == nil && w.rnd.IntN(3) == 0 {
				field += mark
			}
		}
		o.Fields = append(o.Fields, field)
	}
	return o
}

// checker checks the types of an application in this process. What it imports from
// outside has been compiled.
type checker struct {
	fset    *token.FileSet
	outside types.Importer
	exports map[string]string
}

func newChecker(t *testing.T, dir string) *checker {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-test", "-export", "-json=ImportPath,Export,ForTest", "./...")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOFLAGS=-mod=readonly", "GOPROXY=off")
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, &complaint)
	}
	c := &checker{fset: token.NewFileSet(), exports: map[string]string{}}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct{ ImportPath, Export, ForTest string }
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if p.ForTest == "" {
			c.exports[p.ImportPath] = p.Export
		}
	}
	c.outside = importer.ForCompiler(c.fset, "gc", func(p string) (io.ReadCloser, error) { return os.Open(c.exports[p]) })
	return c
}

// check fails the test if a package of the application or its tests do not
// compile.
func (c *checker) check(t *testing.T, dir string) {
	t.Helper()
	a := &application{checker: c, t: t, files: map[string][]*ast.File{}, done: map[string]*types.Package{}}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(p) != ".go" {
			return err
		}
		file, err := parser.ParseFile(c.fset, p, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Error(err)
			return nil
		}
		rel, err := filepath.Rel(dir, filepath.Dir(p))
		importPath := path.Join("shop", filepath.ToSlash(rel))
		switch {
		case !strings.HasSuffix(p, "_test.go"):
		case strings.HasSuffix(file.Name.Name, "_test"):
			importPath += "_test"
		default:
			importPath += " [test]"
		}
		a.files[importPath] = append(a.files[importPath], file)
		return err
	})
	must(t, err)
	for importPath := range a.files {
		_, _ = a.Import(importPath)
	}
}

// application is an importer of its own packages, too.
type application struct {
	*checker
	t     *testing.T
	files map[string][]*ast.File
	done  map[string]*types.Package
}

// Import implements types.Importer.
func (a *application) Import(importPath string) (*types.Package, error) {
	files := a.files[importPath]
	if plain, ok := strings.CutSuffix(importPath, " [test]"); ok {
		files = append(files, a.files[plain]...)
	}
	if files == nil {
		return a.outside.Import(importPath)
	}
	if p := a.done[importPath]; p != nil {
		return p, nil
	}
	config := types.Config{Importer: a, Error: func(err error) { a.t.Error(err) }}
	p, err := config.Check(importPath, a.fset, files, nil)
	a.done[importPath] = p
	return p, err
}

func goVet(t *testing.T, dir string) {
	t.Helper()
	for _, args := range [][]string{{"gofmt", "-l", "."}, {"go", "vet", "./..."}} {
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOFLAGS=-mod=readonly", "GOPROXY=off")
		if out, err := cmd.CombinedOutput(); err != nil || args[0] == "gofmt" && len(out) > 0 {
			t.Errorf("%s: %v\n%s", args, err, out)
		}
	}
}
