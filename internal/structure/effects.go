package structure

import (
	"go/ast"
	"go/types"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/sqltext"
)

// effect is what a piece of code does by itself, and whom it calls.
type effect struct {
	reads, writes, emits []string
	calls                []Call
}

// effects returns what a piece of a package's code does.
func (r *reader) effects(pkg *Package, code ast.Node, env bindings) *effect {
	known := r.code[code]
	if known == nil {
		known = map[string]*effect{}
		r.code[code] = known
	}
	if e := known[env.key()]; e != nil {
		return e
	}
	e := &effect{calls: r.Calls(pkg, code)}
	known[env.key()] = e
	ast.Inspect(code, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok {
			r.effect(e, pkg, c, env)
		}
		return true
	})
	e.reads, e.writes, e.emits = union(e.reads, nil), union(e.writes, nil), union(e.emits, nil)
	return e
}

// effect adds what one call does, if it is one of the library.
func (r *reader) effect(e *effect, pkg *Package, c *ast.CallExpr, env bindings) {
	f := r.reached(pkg, c.Fun)
	if f == nil || f.Pkg() == nil {
		return
	}
	switch f.Pkg().Path() {
	case library + "dao":
		r.tableCall(e, pkg, c, f, env)
		r.sqlArguments(e, pkg, c, f)
	case library + "db":
		r.sqlArguments(e, pkg, c, f)
	case library + "jobs", library + "events":
		if name := r.emitted(pkg, c, f, env); name != "" {
			e.emits = append(e.emits, name)
		}
	}
}

// reached returns the function that is called. A method of an interface of the
// application is that of the only type that implements it, which may have it from
// the library.
func (r *reader) reached(pkg *Package, fun ast.Expr) *types.Func {
	f := funcOf(pkg.Info, fun)
	if f == nil || f.Pkg() == nil || r.Package(f.Pkg().Path()) == nil {
		return f
	}
	if s, ok := bare(fun).(*ast.SelectorExpr); ok {
		if sel := pkg.Info.Selections[s]; sel != nil && types.IsInterface(sel.Recv()) {
			if list := r.implementations(sel.Recv(), f); len(list) == 1 {
				return list[0]
			}
		}
	}
	return f
}

// tableCall notes the table that a method of dao.Table, or dao.Load, works on. Its
// second parameter says whether it writes.
func (r *reader) tableCall(e *effect, pkg *Package, c *ast.CallExpr, f *types.Func, env bindings) {
	var row types.Type
	switch recv := f.Signature().Recv(); {
	case recv != nil:
		if n := namedOf(recv.Type()); n != nil && n.Obj().Name() == "Table" && n.TypeArgs().Len() == 1 {
			row = n.TypeArgs().At(0)
		}
	case f.Name() == "Load":
		if args := typeArgs(pkg, bare(c.Fun)); len(args) > 0 {
			row = args[0]
		}
	}
	params := f.Signature().Params()
	if row == nil || params.Len() < 2 {
		return
	}
	tables := r.tables[typeKey(env.of(row))]
	switch typeKey(params.At(1).Type()) {
	case library + "db.Execer":
		e.writes = append(e.writes, tables...)
	case library + "db.Querier":
		e.reads = append(e.reads, tables...)
	}
}

// sqlArguments notes the tables that the SQL in a call's arguments names.
func (r *reader) sqlArguments(e *effect, pkg *Package, c *ast.CallExpr, f *types.Func) {
	params := f.Signature().Params()
	for i := range min(params.Len(), len(c.Args)) {
		switch params.At(i).Name() {
		case "sql":
			text, whole := r.constants(pkg, c.Args[i])
			if !whole {
				r.miss(pkg, c.Args[i].Pos(), "this SQL is no constant, so tables that it names may be missing")
			}
			reads, writes := sqltext.Tables(db.Postgres, text)
			e.reads = append(e.reads, reads...)
			e.writes = append(e.writes, writes...)
		case "table": // of Session.Copy
			if text, whole := r.constants(pkg, c.Args[i]); whole && text != "" && f.Name() == "Copy" {
				e.writes = append(e.writes, text)
			}
		}
	}
}

// variable returns the variable that an expression names, or nil.
func variable(info *types.Info, e ast.Expr) *types.Var {
	id, _ := e.(*ast.Ident)
	if s, ok := e.(*ast.SelectorExpr); ok {
		id = s.Sel
	}
	v, _ := info.Uses[id].(*types.Var)
	return v
}
