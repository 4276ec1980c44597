package structure

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"
)

// methods are the functions that register a route, and the method of each.
var methods = map[string]string{
	"api.Get": "GET", "api.Post": "POST", "api.Put": "PUT", "api.Patch": "PATCH", "api.Delete": "DELETE", "api.Handle": "",
}

// readRoutes notes the routes that the application registers.
func (r *reader) readRoutes() {
	r.readPrefix()
	r.readProviders()
	for name, method := range methods {
		for _, s := range r.sites[name] {
			r.ways(s, func(w way, done bool) bool { return w.route(method, name == "api.Handle", done) })
		}
	}
	slices.SortStableFunc(r.app.Routes, func(a, b *Route) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Method, b.Method), comparePlaces(a.At, b.At))
	})
}

func comparePlaces(a, b Place) int {
	return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
}

// route notes the route that a way registers. More says that its callers decide
// about it; when there are none it is done.
func (w way) route(method string, mounted, done bool) (more bool) {
	s := w.base
	prefix, okPrefix, more1 := w.routerPrefix(value{s.call.Args[0], 0})
	path, okPath, more2 := w.text(value{s.call.Args[1], 0})
	handler, more3 := w.meant(value{s.call.Args[2], 0})
	policy, more4 := w.meant(value{s.call.Args[3], 0})
	if (more1 || more2 || more3 || more4) && !done {
		return true
	}
	if !okPath {
		w.miss(s.pkg, s.call.Args[1].Pos(), "the path of a route is no constant: %s", types.ExprString(s.call.Args[1]))
		path = "<" + types.ExprString(s.call.Args[1]) + ">"
	}
	if !okPrefix {
		w.miss(s.pkg, s.call.Args[0].Pos(), "it cannot be told which router this is, so the path lacks its prefix: %s", types.ExprString(s.call.Args[0]))
	}
	if mounted && okPath {
		var cut bool
		if method, path, cut = strings.Cut(path, " "); !cut {
			method, path = "", method
		}
	}
	rt := &Route{Method: method, Path: prefix + path, Room: s.pkg.Room, At: s.pkg.Place(s.call.Pos()), Session: "none", Steps: []*Step{}}
	p := w.policy(policy)
	rt.Policy = p.name
	deps := slices.Clone(p.needs)
	if sig := signature(w.info(handler), handler.Expr); !mounted && sig != nil && sig.Params().Len() == 3 && sig.Results().Len() == 2 {
		rt.Session = sessionOf(sig.Params().At(1).Type())
		in, out := element(sig.Params().At(2).Type()), element(sig.Results().At(0).Type())
		rt.Input, rt.Output = typeName(in), typeName(out)
		deps = w.dependencies(in, deps)
	}
	for _, d := range deps {
		rt.Dependencies = append(rt.Dependencies, typeName(d))
	}
	if !mounted {
		rt.Fails = w.fails()
	}
	w.steps(rt, handler, p, deps)
	w.app.Routes = append(w.app.Routes, rt)
	return false
}

// signature returns the type of a function value, or nil.
func signature(info *types.Info, e ast.Expr) *types.Signature {
	t := info.Types[e].Type
	if t == nil {
		return nil
	}
	sig, _ := t.Underlying().(*types.Signature)
	return sig
}

// element returns what a type points to.
func element(t types.Type) types.Type {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

// sessionOf returns the word for a handler's second parameter.
func sessionOf(t types.Type) string {
	switch typeKey(t) {
	case "*" + library + "db.Session":
		return "session"
	case "*" + library + "db.Reader":
		return "reader"
	case "*" + library + "db.DB":
		return "db"
	}
	return "none"
}

// fails returns the errors that the options of a route declare.
func (w way) fails() (list []string) {
	call := w.base.call
	if call.Ellipsis.IsValid() {
		w.miss(w.base.pkg, call.Ellipsis, "the options of a route are not written where it is registered, so errors that they declare are not known")
	}
	for _, e := range call.Args[4:] {
		option, _ := w.meant(value{e, 0})
		c, ok := option.Expr.(*ast.CallExpr)
		if !ok {
			continue
		}
		if f := funcOf(w.info(option), c.Fun); f != nil && w.libraryName(f) == "api.Fails" {
			for _, arg := range c.Args {
				list = append(list, written(w.pkg(option), arg))
			}
		}
	}
	return list
}

// written returns an expression as those write it who import its package.
func written(pkg *Package, e ast.Expr) string {
	e = ast.Unparen(e)
	id, _ := e.(*ast.Ident)
	if s, ok := e.(*ast.SelectorExpr); ok {
		id = s.Sel
	}
	if id != nil {
		if obj := pkg.Info.Uses[id]; obj != nil && obj.Pkg() != nil && obj.Parent() == obj.Pkg().Scope() {
			return fmt.Sprintf("%s.%s", obj.Pkg().Name(), obj.Name())
		}
	}
	return types.ExprString(e)
}
