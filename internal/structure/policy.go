package structure

import (
	"go/ast"
	"go/types"
)

// policy is who may call a route.
type policy struct {
	name  string
	needs []types.Type // the dependencies that it looks at
	at    ast.Node     // what makes it
	pkg   *Package
}

// policy reads a policy: api.Public, a variable that api.Allow has made, or a call
// of a function that calls api.Allow.
func (w way) policy(v value) policy {
	p := policy{name: written(w.pkg(v), v.Expr), at: v.Expr, pkg: w.pkg(v)}
	if def, pkg := w.global(v); def != nil {
		p.at, p.pkg = def, pkg
	}
	if c, ok := p.at.(*ast.CallExpr); ok {
		if f := w.Func(funcOf(p.pkg.Info, c.Fun)); f != nil {
			p.at, p.pkg = f.Decl, f.Package
		}
	}
	ast.Inspect(p.at, func(n ast.Node) bool {
		c, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		f := funcOf(p.pkg.Info, c.Fun)
		if f == nil || w.libraryName(f) != "api.Allow" {
			return true
		}
		if args := typeArgs(p.pkg, bare(c.Fun)); len(args) == 1 {
			p.needs = append(p.needs, args[0])
		}
		if name, whole := w.constants(p.pkg, c.Args[0]); whole && c == v.Expr {
			p.name = name
		}
		return true
	})
	return p
}
