package structure

import (
	"go/ast"
	"go/types"
	"slices"
)

// handed notes the values of one room that main hands to another, as an interface
// or a function that the other declares.
func (r *reader) handed(a arrows, pkg *Package, f *ast.File) {
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit:
			s, _ := pkg.Info.Types[n].Type.Underlying().(*types.Struct)
			if s == nil {
				break
			}
			for i, e := range n.Elts {
				if kv, ok := e.(*ast.KeyValueExpr); ok {
					if v := variable(pkg.Info, kv.Key.(*ast.Ident)); v != nil {
						r.hand(a, pkg, v, kv.Value)
					}
				} else if i < s.NumFields() {
					r.hand(a, pkg, s.Field(i), e)
				}
			}
		case *ast.CallExpr:
			fn := funcOf(pkg.Info, n.Fun)
			if fn == nil {
				break
			}
			params := fn.Signature().Params()
			for i, e := range n.Args {
				if i < params.Len() {
					r.hand(a, pkg, params.At(i), e)
				}
			}
		case *ast.AssignStmt:
			for i, lhs := range n.Lhs {
				if s, ok := lhs.(*ast.SelectorExpr); ok && len(n.Lhs) == len(n.Rhs) {
					if v := variable(pkg.Info, s); v != nil {
						r.hand(a, pkg, v, n.Rhs[i])
					}
				}
			}
		}
		return true
	})
}

// hand notes a value that main puts into a field or parameter of a room.
func (r *reader) hand(a arrows, pkg *Package, to *types.Var, e ast.Expr) {
	if to.Pkg() == nil || to.Pkg() == pkg.Types {
		return
	}
	room := r.Package(to.Pkg().Path())
	if room == nil {
		return
	}
	name := to.Name()
	switch to.Type().Underlying().(type) {
	case *types.Interface:
		n, _ := types.Unalias(to.Type()).(*types.Named)
		if n == nil || n.Obj().Pkg() != to.Pkg() {
			return // not one that the room declares
		}
		name = n.Obj().Name()
	case *types.Signature:
	default:
		return
	}
	for _, from := range r.behind(pkg, e) {
		a.add(room.Room, from, BondInterface, pkg.Place(e.Pos()), name)
	}
}

// behind returns the rooms that stand behind a value of main: the one whose type
// or function it is, or those that an adapter of main uses.
func (r *reader) behind(pkg *Package, e ast.Expr) (rooms []string) {
	add := func(p *types.Package) {
		if p == nil || p == pkg.Types {
			return
		}
		if other := r.Package(p.Path()); other != nil && other.Kind != KindUtils && !slices.Contains(rooms, other.Room) {
			rooms = append(rooms, other.Room)
		}
	}
	uses := func(code ast.Node) {
		for _, c := range r.Calls(pkg, code) {
			add(c.To.Package.Types)
		}
	}
	e = ast.Unparen(e)
	if f := r.target(pkg, bare(e)); f != nil {
		if f.Package != pkg {
			add(f.Package.Types)
		} else {
			uses(f.Decl)
		}
		return rooms
	}
	if lit, ok := e.(*ast.FuncLit); ok {
		uses(lit)
		return rooms
	}
	n := namedOf(pkg.Info.Types[e].Type)
	if n == nil {
		return nil
	}
	if n.Obj().Pkg() != pkg.Types {
		add(n.Obj().Pkg())
		return rooms
	}
	if s, ok := n.Underlying().(*types.Struct); ok {
		for f := range s.Fields() {
			if t := namedOf(f.Type()); t != nil {
				add(t.Obj().Pkg())
			}
		}
	}
	for m := range n.Methods() {
		if f := r.Func(m); f != nil {
			uses(f.Decl)
		}
	}
	return rooms
}
