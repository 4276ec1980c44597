package rules

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"github.com/terem-go/terem/internal/structure"
)

var routeDocumented = &Rule{
	ID:    "route-documented",
	Title: "The OpenAPI document says what a route takes, answers and fails with.",
	Reason: "Clients are generated from the document. What is not in it is found out by them in production: an answer without a schema is " +
		"untyped, a failure that nobody names is not handled.",
	Package: func(p *structure.Package) []Finding {
		var list []Finding
		for _, r := range routes(p) {
			if !isPage(r.output) {
				list = append(list, unnamedSchemas(p, r)...)
				list = append(list, unnamedFailures(p, r)...)
			}
		}
		return list
	},
}

// unnamedSchemas finds inputs and outputs that can be anything.
func unnamedSchemas(p *structure.Package, r route) []Finding {
	var list []Finding
	add := func(what string, t types.Type) {
		f := found(r.call.Args[1], fmt.Sprintf("the route %s %s %s, which has no schema", routeName(r), what, types.TypeString(t, func(*types.Package) string { return "" })))
		f.WayOut = "give it a type with the fields that there are, in schemas.go"
		list = append(list, f)
	}
	if t := anything(r.output); t != nil {
		add("answers with", t)
	}
	if s, ok := r.input.Underlying().(*types.Struct); ok {
		for f := range s.Fields() {
			if t := anything(f.Type()); f.Name() == "Body" && t != nil {
				add("takes", t)
			}
		}
	}
	return list
}

// anything returns the type within an output that can hold anything; nil if there is
// none. The library's pages, slices and replies are looked into.
func anything(t types.Type) types.Type {
	switch u := types.Unalias(t).(type) {
	case *types.Interface:
		if u.Empty() {
			return t
		}
	case *types.Map:
		return anything(u.Elem())
	case *types.Slice:
		return anything(u.Elem())
	case *types.Pointer:
		return anything(u.Elem())
	case *types.Named:
		if pkg := u.Obj().Pkg(); pkg != nil && pkg.Path() == library+"/api" && u.TypeArgs().Len() == 1 {
			return anything(u.TypeArgs().At(0))
		}
	}
	return nil
}

// documentedKinds are the kinds of errors that each route's documentation has.
var documentedKinds = []string{"Internal", "Invalid", "Malformed", "Timeout", "Unavailable"}

// unnamedFailures finds errors of the domain that the handler itself returns, and
// the route does not name.
func unnamedFailures(p *structure.Package, r route) []Finding {
	if r.handler == nil || r.spread {
		return nil
	}
	named := map[types.Object]bool{}
	for _, o := range r.options {
		call, ok := ast.Unparen(o).(*ast.CallExpr)
		if !ok || call.Ellipsis.IsValid() {
			return nil // it may name any
		}
		if isFunc(callee(p.Info, call), library+"/api", "Fails") {
			for _, e := range call.Args {
				named[objectOf(p.Info, e)] = true
			}
		}
	}
	var list []Finding
	for _, use := range returned(p, r.handler) {
		obj := objectOf(p.Info, use)
		kind := kindOf(p, obj)
		if kind == "" || named[obj] || slices.Contains(documentedKinds, kind) || policed(p, r, kind) {
			continue
		}
		named[obj] = true
		f := found(r.call.Args[1], fmt.Sprintf("the route %s returns %s, and does not say so", routeName(r), obj.Name()))
		f.WayOut = fmt.Sprintf("add it to the route: api.Fails(%s)", obj.Name())
		list = append(list, f)
	}
	return list
}

// policed reports whether a policy documents the kind.
func policed(p *structure.Package, r route, kind string) bool {
	policy := objectOf(p.Info, r.call.Args[3])
	public := policy != nil && policy.Pkg() != nil && policy.Pkg().Path() == library+"/api" && policy.Name() == "Public"
	return !public && (kind == "Unauthenticated" || kind == "Forbidden")
}

// returned yields the variables that the return statements of a function name:
// ErrTaken in return nil, ErrTaken.Wrap(err).
func returned(p *structure.Package, b *ast.BlockStmt) []ast.Expr {
	var list []ast.Expr
	ast.Inspect(b, func(n ast.Node) bool {
		ret, ok := n.(*ast.ReturnStmt)
		if !ok {
			return true
		}
		for _, e := range ret.Results {
			if call, ok := ast.Unparen(e).(*ast.CallExpr); ok {
				sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
				if !ok || !isFunc(callee(p.Info, call), library+"/errs", "(Error).Here", "(Error).Wrap", "(Error).With", "(Error).After") {
					continue
				}
				e = sel.X
			}
			if obj := objectOf(p.Info, e); obj != nil && isNamed(obj.Type(), library+"/errs", "Error") {
				list = append(list, e)
			}
		}
		return true
	})
	return list
}

// kindOf returns the name of the kind of an error that the package declares by
// errs.New, or "".
func kindOf(p *structure.Package, obj types.Object) string {
	if obj == nil || obj.Pkg() != p.Types {
		return ""
	}
	for _, init := range p.Info.InitOrder {
		if len(init.Lhs) != 1 || init.Lhs[0] != obj {
			continue
		}
		kind := ""
		ast.Inspect(init.Rhs, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok && len(call.Args) == 3 && isFunc(callee(p.Info, call), library+"/errs", "New") {
				if k := objectOf(p.Info, call.Args[0]); k != nil {
					kind = k.Name()
				}
			}
			return true
		})
		return kind
	}
	return ""
}

// objectOf returns what an identifier or a selector names, or nil.
func objectOf(info *types.Info, e ast.Expr) types.Object {
	switch x := ast.Unparen(e).(type) {
	case *ast.Ident:
		return info.Uses[x]
	case *ast.SelectorExpr:
		return info.Uses[x.Sel]
	}
	return nil
}

// routeName returns the method and the path of a route as they are written.
func routeName(r route) string {
	method := ""
	switch fun := ast.Unparen(r.call.Fun).(type) {
	case *ast.SelectorExpr:
		method = strings.ToUpper(fun.Sel.Name)
	case *ast.Ident:
		method = strings.ToUpper(fun.Name)
	}
	if lit, ok := r.call.Args[1].(*ast.BasicLit); ok {
		return method + " " + strings.Trim(lit.Value, "\"`")
	}
	return method
}
