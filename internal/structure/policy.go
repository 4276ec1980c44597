package structure

import (
	"go/ast"
	"go/types"
	"strings"
)

// policy is who may call a route.
type policy struct {
	name  string
	needs []types.Type // the dependencies that it looks at
	made  ast.Node     // the code that makes it
	pkg   *Package     // of that code
	by    *Func        // which is this function, or nil
}

// policy reads a policy: api.Public, a variable that api.Allow has made, or a call
// of a function that calls api.Allow.
func (w way) policy(v value) policy {
	p := policy{name: written(w.pkg(v), v.Expr), made: v.Expr, pkg: w.pkg(v)}
	if def, pkg := w.global(v); def != nil {
		p.made, p.pkg = def, pkg
	}
	if c, ok := p.made.(*ast.CallExpr); ok {
		if p.by = w.Func(funcOf(p.pkg.Info, c.Fun)); p.by != nil {
			p.name = w.called(w.pkg(v), v.Expr, p.name)
			p.made, p.pkg = p.by.Decl, p.by.Package
		}
	}
	public := false
	ast.Inspect(p.made, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			public = public || written(p.pkg, n) == "api.Public"
		case *ast.CallExpr:
			if f := funcOf(p.pkg.Info, n.Fun); f == nil || w.libraryName(f) != "api.Allow" {
				break
			}
			p.needs = append(p.needs, typeArgs(p.pkg, bare(n.Fun))...)
			if name, whole := w.constants(p.pkg, n.Args[0]); whole && n == v.Expr {
				p.name = name
			}
		}
		return true
	})
	if !public && len(p.needs) == 0 {
		w.miss(w.pkg(v), v.Expr.Pos(), "it cannot be told what the policy %s looks at: name a variable or a function that api.Allow makes", p.name)
	}
	return p
}

// called returns how a call of a function that makes policies is named, by
// convention: users.Need(orders.refund) for Need("orders.refund"). Otherwise it
// is as it is written.
func (w way) called(pkg *Package, e ast.Expr, text string) string {
	c, ok := e.(*ast.CallExpr)
	if !ok {
		return text
	}
	var args []string
	for _, a := range c.Args {
		arg, whole := w.constants(pkg, a)
		if !whole {
			return text
		}
		args = append(args, arg)
	}
	return written(pkg, c.Fun) + "(" + strings.Join(args, ", ") + ")"
}
