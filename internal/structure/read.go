package structure

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/doc"
	"go/token"
	"go/types"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/internal/schema"
)

// library is the import path that those of the library begin with.
const library = "github.com/terem-go/terem/"

// reader reads the facts of one application.
type reader struct {
	*Program
	app     *App
	sites   map[string][]*site              // of calls of the library, by its functions
	callers map[*types.Func][]*site         // of the application's functions
	defs    map[types.Object]ast.Expr       // what a variable is; nil if it is set more than once
	tables  map[string][]string             // by the type of their rows
	given   map[string]*provider            // by the type that is provided
	code    map[ast.Node]map[string]*effect // see effects
	said    map[string]bool                 // what is missing
	prefix  string                          // what stands before the paths of the domains
}

// site is a call of a function that is known.
type site struct {
	pkg  *Package
	fn   *Func // that it stands in; nil outside of functions
	call *ast.CallExpr
}

// Read reads what the application consists of, from its types and without running
// it. What depends on how it runs cannot be read, such as a path that is put
// together in a loop: App.Missing says what and where.
//
// An error is that of a file that cannot be read.
func Read(p *Program) (*App, error) {
	r := &reader{
		Program: p,
		app: &App{Module: p.Module, Name: path.Base(p.Module), Rooms: []*Room{}, Arrows: []*Arrow{}, Routes: []*Route{},
			Tables: []*Table{}, Jobs: []*Job{}, Events: []*Event{}},
		sites: map[string][]*site{}, callers: map[*types.Func][]*site{}, defs: map[types.Object]ast.Expr{},
		tables: map[string][]string{}, given: map[string]*provider{}, code: map[ast.Node]map[string]*effect{}, said: map[string]bool{},
	}
	models := make(chan struct{})
	var described []*dao.Model
	var err error
	go func() {
		defer close(models)
		described, err = schema.Models(r.Dir)
	}()
	r.rooms()
	r.index()
	r.forgetCircles()
	<-models
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		return nil, err
	}
	r.readTables(described, err)
	r.readJobs()
	r.readEvents()
	r.readRoutes()
	r.readArrows()
	slices.Sort(r.app.Missing)
	return r.app, nil
}

// miss notes something that cannot be read.
func (r *reader) miss(pkg *Package, pos token.Pos, format string, args ...any) {
	text := fmt.Sprintf("%s: %s", pkg.Place(pos), fmt.Sprintf(format, args...))
	if !r.said[text] {
		r.said[text] = true
		r.app.Missing = append(r.app.Missing, text)
	}
}

// rooms notes the packages and their files.
func (r *reader) rooms() {
	for _, pkg := range r.Packages {
		room := &Room{Path: pkg.Room, Kind: pkg.Kind, Files: []*File{}}
		room.Uses, _ = pkg.Uses()
		for _, f := range pkg.Files {
			if f.Doc != nil && room.Doc == "" {
				room.Doc = new(doc.Package).Synopsis(f.Doc.Text())
			}
			at := pkg.Place(f.Package)
			room.Files = append(room.Files, &File{Path: at.File, Role: pkg.Roles[f], Lines: r.Fset.File(f.FileStart).LineCount()})
		}
		r.app.Rooms = append(r.app.Rooms, room)
	}
	slices.SortFunc(r.app.Rooms, func(a, b *Room) int { return strings.Compare(a.Path, b.Path) })
}

// index finds the calls of the library and of the application's own functions, and
// what variables are.
func (r *reader) index() {
	for _, pkg := range r.Packages {
		for _, f := range pkg.Files {
			for _, d := range f.Decls {
				var fn *Func
				if decl, ok := d.(*ast.FuncDecl); ok {
					obj, _ := pkg.Info.Defs[decl.Name].(*types.Func)
					fn = r.Func(obj)
				}
				ast.Inspect(d, func(n ast.Node) bool {
					switch n := n.(type) {
					case *ast.CallExpr:
						r.note(pkg, fn, n)
					case *ast.AssignStmt:
						if n.Tok != token.ASSIGN && n.Tok != token.DEFINE { // += and its like
							r.define(pkg, n.Lhs, nil)
						} else {
							r.define(pkg, n.Lhs, n.Rhs)
						}
					case *ast.ValueSpec:
						names := make([]ast.Expr, len(n.Names))
						for i, name := range n.Names {
							names[i] = name
						}
						if len(n.Values) > 0 {
							r.define(pkg, names, n.Values)
						}
					}
					return true
				})
			}
		}
	}
}

// note remembers a call of a function that is known.
func (r *reader) note(pkg *Package, fn *Func, call *ast.CallExpr) {
	f := funcOf(pkg.Info, call.Fun)
	if f == nil {
		return
	}
	s := &site{pkg, fn, call}
	if name := r.libraryName(f); name != "" {
		if params := f.Signature().Params().Len(); len(call.Args) == 1 && params > 2 {
			r.miss(pkg, call.Pos(), "the arguments of %s are the result of a call: write them one by one", name)
			return
		}
		r.sites[name] = append(r.sites[name], s)
	} else if own := r.target(pkg, bare(call.Fun)); own != nil {
		r.callers[own.Obj] = append(r.callers[own.Obj], s)
	}
}

// define notes what variables are set to.
func (r *reader) define(pkg *Package, names, values []ast.Expr) {
	for i, name := range names {
		id, ok := name.(*ast.Ident)
		if !ok {
			continue
		}
		obj := cmp.Or(pkg.Info.Defs[id], pkg.Info.Uses[id])
		if obj == nil {
			continue
		}
		if _, again := r.defs[obj]; again || len(names) != len(values) {
			r.defs[obj] = nil
		} else {
			r.defs[obj] = values[i]
		}
	}
}

// forgetCircles forgets what variables are set to that are made of themselves, as by
// sql = sql + " LIMIT 1": whoever follows them would not come to an end.
func (r *reader) forgetCircles() {
	const on, done = 1, 2
	state := map[types.Object]int{}
	var follow func(obj types.Object) (circle bool)
	follow = func(obj types.Object) (circle bool) {
		def := r.defs[obj]
		if def == nil || state[obj] != 0 {
			return state[obj] == on
		}
		state[obj] = on
		ast.Inspect(def, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && follow(r.uses(obj, id)) {
				r.defs[obj] = nil
			}
			_, function := n.(*ast.FuncLit)
			return !function
		})
		state[obj] = done
		return false
	}
	for _, obj := range slices.SortedFunc(maps.Keys(r.defs), func(a, b types.Object) int { return cmp.Compare(a.Pos(), b.Pos()) }) {
		follow(obj)
	}
}

// uses returns what a name stands for in the package of an object.
func (r *reader) uses(obj types.Object, name *ast.Ident) types.Object {
	if obj.Pkg() == nil || r.Package(obj.Pkg().Path()) == nil {
		return nil
	}
	return r.Package(obj.Pkg().Path()).Info.Uses[name]
}

// libraryName returns the name of a function of the library as its users write it:
// api.Get, (*app.App).Router. It is "" for any other.
func (r *reader) libraryName(f *types.Func) string {
	if f.Pkg() == nil {
		return ""
	}
	name, ok := strings.CutPrefix(f.Pkg().Path(), library)
	if !ok || strings.Contains(name, "/") {
		return ""
	}
	text := funcName(f)
	switch {
	case strings.HasPrefix(text, "(*"):
		return "(*" + name + "." + text[2:]
	case strings.HasPrefix(text, "("):
		return "(" + name + "." + text[1:]
	}
	return name + "." + text
}

// typeName returns a type as those write it who import its package.
func typeName(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string { return p.Name() })
}

// typeKey returns a text that tells types apart. It is the same for an alias as for
// what that stands for.
func typeKey(t types.Type) string { return types.TypeString(plain(t), nil) }

// plain returns a type without aliases in its name.
func plain(t types.Type) types.Type {
	switch t := types.Unalias(t).(type) {
	case *types.Pointer:
		return types.NewPointer(plain(t.Elem()))
	case *types.Slice:
		return types.NewSlice(plain(t.Elem()))
	case *types.Named:
		if t.TypeArgs().Len() == 0 {
			return t
		}
		var args []types.Type
		for a := range t.TypeArgs().Types() {
			args = append(args, plain(a))
		}
		if n, err := types.Instantiate(nil, t.Origin(), args, false); err == nil {
			return n
		}
		return t
	default:
		return t
	}
}
