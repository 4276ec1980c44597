package structure

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Load reads and type-checks the application in a folder: the Go module there, or
// the part of one that is in the folder and below. Tests are left out, and of what
// it depends on only the exported types are read, which the go command compiles
// if it has not done so before. The application need not be made by Terem.
//
// Code that does not compile is a *Broken.
func Load(ctx context.Context, dir string) (*Program, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	list, err := goList(ctx, dir, "-find", "-json=ImportPath,Dir,Name,GoFiles,CgoFiles,Module,Error", "./...")
	if err != nil {
		return nil, err
	}
	l := &loader{dir: dir, fset: token.NewFileSet(), own: map[string]*source{}, broken: Broken{Dir: dir}}
	if err := l.parse(list); err != nil {
		return nil, err
	}
	if l.failed() {
		return nil, &l.broken
	}
	if err := l.locate(ctx); err != nil {
		return nil, err
	}
	if l.failed() {
		return nil, &l.broken
	}
	if l.check(); l.failed() {
		return nil, &l.broken
	}
	p := &Program{Dir: dir, Module: l.module, Fset: l.fset}
	for _, s := range l.sources {
		p.Packages = append(p.Packages, NewPackage(l.module, dir, l.fset, s.files, s.types, s.info))
	}
	return p, nil
}

// loader reads one application.
type loader struct {
	dir     string
	module  string
	version string // of the language, such as go1.26.0
	fset    *token.FileSet
	sources []*source // in the order of their paths
	own     map[string]*source
	exports map[string]string // the files of what is imported from elsewhere

	mu     sync.Mutex
	broken Broken
}

func (l *loader) problem(at token.Position, text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.broken.Problems = append(l.broken.Problems, Problem{place(l.dir, at), text})
}

func (l *loader) failed() bool {
	l.broken.sort()
	return len(l.broken.Problems) > 0
}

// parse reads the files of the application.
func (l *loader) parse(list []*listed) error {
	var work sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for _, p := range list {
		if p.Error != nil {
			l.problem(position(p.Error.Pos), p.Error.Err)
		}
		names := slices.Concat(p.GoFiles, p.CgoFiles)
		rel, err := filepath.Rel(l.dir, p.Dir)
		if len(names) == 0 || err != nil {
			continue
		}
		l.module = path.Clean(strings.TrimSuffix(p.ImportPath, filepath.ToSlash(rel)))
		if p.Module != nil && p.Module.GoVersion != "" {
			l.version = "go" + p.Module.GoVersion
		}
		s := &source{path: p.ImportPath, name: p.Name, files: make([]*ast.File, len(names)), checked: make(chan struct{})}
		l.sources = append(l.sources, s)
		l.own[s.path] = s
		for i, name := range names {
			slots <- struct{}{}
			work.Go(func() {
				defer func() { <-slots }()
				s.files[i] = l.parseFile(filepath.Join(p.Dir, name))
			})
		}
	}
	work.Wait()
	slices.SortFunc(l.sources, func(a, b *source) int { return strings.Compare(a.path, b.path) })
	if len(l.sources) == 0 && !slices.ContainsFunc(l.broken.Problems, func(p Problem) bool { return p.File != "" }) {
		return fmt.Errorf("there is no Go package of a module in %s or below it: change into the folder of an application", l.dir)
	}
	return nil
}

func (l *loader) parseFile(name string) *ast.File {
	f, err := parser.ParseFile(l.fset, name, nil, parser.ParseComments|parser.SkipObjectResolution|parser.AllErrors)
	if list, ok := err.(scanner.ErrorList); ok {
		for _, e := range list {
			l.problem(e.Pos, e.Msg)
		}
	} else if err != nil {
		l.problem(token.Position{}, err.Error())
	}
	return f
}

// locate finds what the application imports from elsewhere, and which of its
// packages import each other.
func (l *loader) locate(ctx context.Context) error {
	from := map[string]token.Pos{}
	for _, s := range l.sources {
		for _, f := range s.files {
			for _, spec := range f.Imports {
				name, _ := strconv.Unquote(spec.Path.Value)
				switch other := l.own[name]; {
				case name == "C", name == "unsafe":
				case other == nil:
					from[name] = spec.Pos()
				case other.name == "main":
					l.problem(l.fset.Position(spec.Pos()), fmt.Sprintf("%s is a program and cannot be imported", name))
				case !slices.Contains(s.imports, other):
					s.imports = append(s.imports, other)
				}
			}
		}
	}
	l.cycles()
	if len(from) == 0 {
		return nil
	}
	args := []string{"-export", "-json=ImportPath,Export,Error,DepsErrors", "--"}
	for name := range from {
		args = append(args, name)
	}
	slices.Sort(args[3:])
	list, err := goList(ctx, l.dir, args...)
	if err != nil {
		return err
	}
	l.exports = map[string]string{}
	for _, p := range list {
		l.exports[p.ImportPath] = p.Export
		if p.Export != "" {
			continue
		}
		text := "it cannot be compiled"
		if p.Error != nil {
			text = p.Error.Err
		} else if len(p.DepsErrors) > 0 {
			text = p.DepsErrors[0].Err
		}
		l.problem(l.fset.Position(from[p.ImportPath]), fmt.Sprintf("import of %s: %s", p.ImportPath, strings.TrimSpace(text)))
	}
	return nil
}

// position reads file:line:column, as go list writes it.
func position(s string) (at token.Position) {
	parts := strings.Split(s, ":")
	if len(parts) >= 3 {
		n := len(parts)
		at.Filename = strings.Join(parts[:n-2], ":")
		at.Line, _ = strconv.Atoi(parts[n-2])
	}
	return at
}
