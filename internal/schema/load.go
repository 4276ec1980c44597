package schema

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/terem-go/terem/internal/golist"
	"github.com/terem-go/terem/internal/gosyntax"
)

const daoPath = "github.com/terem-go/terem/dao"

// loader reads the types that rows are made of, and nothing else: from each
// package only the declarations that are needed, wherever they stand. So code
// that does not compile, and code that is large, does not matter.
type loader struct {
	dir    string // the application's folder
	module string // the import path of root
	root   string // the folder of its go.mod
	fset   *token.FileSet
	files  overlay
	cache  *cache
	pkgs   map[string]*pkg
	wanted []want // declarations of packages that are not read yet
}

// pkg is a package of which some declarations are needed.
type pkg struct {
	path    string
	own     bool // in the application's module
	files   []*file
	need    map[string]bool // names of declarations
	types   *types.Package
	methods map[types.Object]*ast.FuncDecl
}

type file struct {
	ast   *ast.File
	keep  map[ast.Decl]bool
	specs map[ast.Spec]bool
	names map[string]bool // of imports that what is kept uses
}

type want struct {
	path, name string
	called     string // the package, if that is not certain: the import may be another one
}

func newLoader(dir string, files overlay, c *cache) (*loader, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	root, ok := gosyntax.ModuleRoot(dir)
	if !ok {
		return nil, fmt.Errorf("there is no go.mod in %s or above it: change into the folder of an application", dir)
	}
	text, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return nil, err
	}
	return &loader{dir: dir, root: root, module: modfile.ModulePath(text), fset: c.fset, files: files, cache: c, pkgs: map[string]*pkg{}}, nil
}

// importPath returns the path of the package in a folder of the module.
func (l *loader) importPath(dir string) string {
	rel, err := filepath.Rel(l.root, dir)
	if err != nil {
		return l.module
	}
	return path.Join(l.module, filepath.ToSlash(rel))
}

// folder returns the folder of a package, if the module has it.
func (l *loader) folder(importPath string) (string, bool) {
	rel, ok := strings.CutPrefix(importPath+"/", l.module+"/")
	dir := filepath.Join(l.root, filepath.FromSlash(rel))
	return dir, ok && l.files.isDir(dir)
}

// find returns the calls of dao.Of below the application's folder.
func (l *loader) find() (calls []call, err error) {
	dirs := map[string]bool{}
	err = gosyntax.EachFile(l.dir, func(p string) error { return l.look(p, dirs) })
	if err != nil {
		return nil, err
	}
	for p := range l.files {
		if strings.HasPrefix(p, l.dir+string(filepath.Separator)) {
			if err := l.look(p, dirs); err != nil {
				return nil, err
			}
		}
	}
	for dir := range dirs {
		p, err := l.parse(l.importPath(dir), dir, nil)
		if err != nil {
			return nil, err
		}
		p.own = true
		for _, f := range p.files {
			calls = append(calls, l.callsIn(p, f)...)
		}
	}
	slices.SortFunc(calls, func(a, b call) int {
		return cmp.Or(strings.Compare(a.pkg.path, b.pkg.path), strings.Compare(l.place(a.expr), l.place(b.expr)))
	})
	return calls, nil
}

// look adds the folder of a file to dirs if its code may call dao.Of.
func (l *loader) look(p string, dirs map[string]bool) error {
	if filepath.Ext(p) != ".go" || strings.HasSuffix(p, "_test.go") || dirs[filepath.Dir(p)] {
		return nil
	}
	text, err := l.read(p)
	if errors.Is(err, fs.ErrNotExist) { // it is to go
		return nil
	}
	if bytes.Contains(text, []byte(strconv.Quote(daoPath))) {
		dirs[filepath.Dir(p)] = true
	}
	return err
}

func (l *loader) callsIn(p *pkg, f *file) (calls []call) {
	name := ""
	for _, i := range f.ast.Imports {
		if i.Path.Value == strconv.Quote(daoPath) {
			if name = "dao"; i.Name != nil {
				name = i.Name.Name
			}
		}
	}
	if name == "" {
		return nil
	}
	f.names[name] = true
	ast.Inspect(f.ast, func(n ast.Node) bool {
		c, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		x, ok := c.Fun.(*ast.IndexExpr)
		if !ok {
			return true
		}
		if s, ok := x.X.(*ast.SelectorExpr); ok && s.Sel.Name == "Of" && types.ExprString(s.X) == name {
			calls = append(calls, call{p, c, x.Index})
			l.uses(p, f, x.Index)
			for _, a := range c.Args {
				l.uses(p, f, a)
			}
		}
		return true
	})
	return calls
}

// parse reads the files of a package. Without names, those that this system
// would compile are read.
func (l *loader) parse(importPath, dir string, names []string) (*pkg, error) {
	if p := l.pkgs[importPath]; p != nil {
		return p, nil
	}
	if names == nil {
		all, err := l.files.list(dir)
		if err != nil {
			return nil, err
		}
		system := build.Default
		system.OpenFile = l.files.open
		for _, name := range all {
			if strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
				if fits, _ := system.MatchFile(dir, name); fits {
					names = append(names, name)
				}
			}
		}
	}
	p := &pkg{path: importPath, need: map[string]bool{}, methods: map[types.Object]*ast.FuncDecl{}}
	for _, name := range names {
		f, err := l.parseFile(filepath.Join(dir, name))
		if f == nil || err != nil && l.inside(dir) {
			return nil, fmt.Errorf("a file cannot be read: %w", err)
		}
		p.files = append(p.files, &file{f, map[ast.Decl]bool{}, map[ast.Spec]bool{}, map[string]bool{}})
	}
	l.pkgs[importPath] = p
	return p, nil
}

func (l *loader) inside(dir string) bool {
	return dir == l.root || strings.HasPrefix(dir, l.root+string(filepath.Separator))
}

// load reads everything that is wanted and checks the types.
func (l *loader) load() error {
	for len(l.wanted) > 0 {
		wanted := l.wanted
		l.wanted = nil
		if err := l.locate(wanted); err != nil {
			return err
		}
		for _, w := range wanted {
			p := l.pkgs[w.path]
			if w.called != "" && (len(p.files) == 0 || p.files[0].ast.Name.Name != w.called) {
				continue
			}
			l.needs(p, w.name)
		}
	}
	for _, p := range l.pkgs {
		l.check(p)
	}
	return nil
}

// locate parses the packages that are wanted. The go command knows where those of
// others are.
func (l *loader) locate(wanted []want) error {
	var unknown []string
	for _, w := range wanted {
		dir, own := l.folder(w.path)
		switch {
		case l.pkgs[w.path] != nil:
		case own:
			p, err := l.parse(w.path, dir, nil)
			if err != nil {
				return err
			}
			p.own = true
		case !slices.Contains(unknown, w.path):
			unknown = append(unknown, w.path)
		}
	}
	for _, name := range unknown {
		if found, ok := l.cache.found[name]; ok {
			if err := l.parseFound(found); err != nil {
				return err
			}
		}
	}
	unknown = slices.DeleteFunc(unknown, func(name string) bool { return l.pkgs[name] != nil })
	if len(unknown) == 0 {
		return nil
	}
	list, err := golist.Run(context.Background(), l.dir, l.files, append([]string{"-find", "-json=ImportPath,Dir,GoFiles,CgoFiles", "--"}, unknown...)...)
	if err != nil {
		return err
	}
	for _, found := range list {
		l.cache.found[found.ImportPath] = found
		if err := l.parseFound(found); err != nil {
			return err
		}
	}
	for _, name := range unknown {
		if l.pkgs[name] == nil { // known under another path, or not at all
			l.pkgs[name] = &pkg{path: name, need: map[string]bool{}, methods: map[types.Object]*ast.FuncDecl{}}
		}
	}
	return nil
}
