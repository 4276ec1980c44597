package structure

import (
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"runtime"
	"strings"
	"sync"
)

// source is a package of the application while it is loaded.
type source struct {
	path, name string
	files      []*ast.File
	imports    []*source
	types      *types.Package
	info       *types.Info
	checked    chan struct{} // closed afterwards
}

// cycles finds packages that import each other, which have no types.
func (l *loader) cycles() {
	const entered, left = 1, 2
	state := map[*source]int{}
	var path []*source
	var visit func(s *source)
	visit = func(s *source) {
		state[s] = entered
		path = append(path, s)
		for _, other := range s.imports {
			switch state[other] {
			case 0:
				visit(other)
			case entered:
				l.problem(token.Position{}, cycle(path, other))
			}
		}
		path = path[:len(path)-1]
		state[s] = left
	}
	for _, s := range l.sources {
		if state[s] == 0 {
			visit(s)
		}
	}
}

// cycle says how the end of a path leads back to a package on it.
func cycle(path []*source, back *source) string {
	var b strings.Builder
	b.WriteString("packages import each other: ")
	seen := false
	for _, s := range path {
		if seen = seen || s == back; seen {
			b.WriteString(s.path + " → ")
		}
	}
	return b.String() + back.path + ". Which of them is to know less? It declares what it needs as an interface, and main hands that over; see terem link"
}

// check finds out the types, of many packages at the same time, each after those
// that it imports.
func (l *loader) check() {
	elsewhere := &imports{loader: l, known: map[string]*types.Package{}}
	elsewhere.gc = importer.ForCompiler(l.fset, "gc", elsewhere.open)
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	var work sync.WaitGroup
	for _, s := range l.sources {
		work.Go(func() {
			defer close(s.checked)
			for _, other := range s.imports {
				<-other.checked
			}
			slots <- struct{}{}
			defer func() { <-slots }()
			l.checkOne(s, elsewhere)
		})
	}
	work.Wait()
}

func (l *loader) checkOne(s *source, from types.Importer) {
	s.info = &types.Info{
		Types:      map[ast.Expr]types.TypeAndValue{},
		Instances:  map[*ast.Ident]types.Instance{},
		Defs:       map[*ast.Ident]types.Object{},
		Uses:       map[*ast.Ident]types.Object{},
		Implicits:  map[ast.Node]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{},
	}
	c := types.Config{
		Importer: from, GoVersion: l.version, FakeImportC: true, Sizes: types.SizesFor("gc", runtime.GOARCH),
		Error: func(err error) {
			if e, ok := errors.AsType[types.Error](err); ok {
				l.problem(e.Fset.Position(e.Pos), strings.TrimSpace(e.Msg))
			} else {
				l.problem(token.Position{}, err.Error())
			}
		},
	}
	s.types, _ = c.Check(s.path, l.fset, s.files, s.info) // Error has heard of it
}

// imports gives the packages of the application their imports.
type imports struct {
	*loader
	gc types.Importer

	mu    sync.Mutex
	known map[string]*types.Package // from elsewhere
}

// Import implements types.Importer.
func (i *imports) Import(name string) (*types.Package, error) {
	if s := i.own[name]; s != nil {
		return s.types, nil
	}
	if name == "unsafe" {
		return types.Unsafe, nil
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if p := i.known[name]; p != nil {
		return p, nil
	}
	p, err := i.gc.Import(name)
	if err != nil {
		return nil, fmt.Errorf("what the go command says of %s cannot be read; if it is newer than %s, build terem with it: %w", name, runtime.Version(), err)
	}
	for _, other := range p.Imports() {
		if i.own[other.Path()] != nil {
			return nil, fmt.Errorf("%s, which is outside of %s, imports %s in it: name the folder of the whole module", name, i.dir, other.Path())
		}
	}
	i.known[name] = p
	return p, nil
}

// open returns what a package exports.
func (i *imports) open(name string) (io.ReadCloser, error) {
	file := i.exports[name]
	if file == "" {
		return nil, errors.New("the go command did not list it")
	}
	return os.Open(file)
}
