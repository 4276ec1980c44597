package source

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/terem-go/terem/internal/golist"
)

// loader reads one application.
type loader struct {
	Options
	*Code
	version string // of the language, such as go1.26.0
	own     map[string]*Package
	units   []*Package // that are checked: the packages, and what tests make of them

	mu   sync.Mutex      // while files are parsed
	noGo map[string]bool // files with early problems
}

// parse reads the files of the application.
func (l *loader) parse(list []*golist.Package) error {
	var work sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	read := func(p *Package, dir string, names ...[]string) []*ast.File {
		all := slices.Concat(names...)
		files := make([]*ast.File, len(all))
		for i, name := range all {
			slots <- struct{}{}
			work.Go(func() {
				defer func() { <-slots }()
				files[i] = l.parseFile(p, filepath.Join(dir, name))
			})
		}
		return files
	}
	for _, g := range list {
		p := &Package{Path: g.ImportPath, Name: g.Name}
		if g.Error != nil {
			l.early(p, position(g.Error.Pos), g.Error.Err)
		}
		rel, err := filepath.Rel(l.Dir, g.Dir)
		if err != nil { // it is none, but what was asked for
			continue
		}
		l.Module = path.Clean(strings.TrimSuffix(g.ImportPath, filepath.ToSlash(rel)))
		if g.Module != nil && g.Module.GoVersion != "" {
			l.version = "go" + g.Module.GoVersion
		}
		p.Files = read(p, g.Dir, g.GoFiles, g.CgoFiles)
		if l.Tests {
			p.tests, p.xtests = read(p, g.Dir, g.TestGoFiles), read(p, g.Dir, g.XTestGoFiles)
		}
		l.Packages = append(l.Packages, p)
		l.own[p.Path] = p
	}
	work.Wait()
	if !slices.ContainsFunc(l.Packages, func(p *Package) bool { return len(p.Files) > 0 || p.problems != nil }) {
		return fmt.Errorf("there is no Go package of a module in %s or below it: change into the folder of an application, or name it by --dir", l.Dir)
	}
	slices.SortFunc(l.Packages, func(a, b *Package) int { return strings.Compare(a.Path, b.Path) })
	return nil
}

func (l *loader) parseFile(p *Package, name string) *ast.File {
	var text any // read by the parser
	if changed, ok := l.Overlay[name]; ok {
		text = changed
	}
	f, err := parser.ParseFile(l.Fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
	if list, ok := err.(scanner.ErrorList); ok {
		for _, e := range list {
			l.early(p, e.Pos, e.Msg)
		}
	} else if err != nil {
		l.early(p, token.Position{}, err.Error())
		f = &ast.File{Name: ast.NewIdent(p.Name)}
	}
	return f
}

// early notes a problem that keeps a package from having types.
func (l *loader) early(p *Package, at token.Position, text string) {
	problem := l.problem(at, text)
	problem.early = true
	l.mu.Lock()
	defer l.mu.Unlock()
	p.problems = append(p.problems, problem)
	l.noGo[problem.File] = true
}
