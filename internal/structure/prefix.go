package structure

import (
	"go/ast"
	"strings"
)

// readPrefix finds what stands before the paths of domains: Prefix in the
// app.Config of the application, "/api" by default.
func (r *reader) readPrefix() {
	r.prefix = "/api"
	set := func(pkg *Package, field, e ast.Expr) {
		v := variable(pkg.Info, field)
		if v == nil || v.Name() != "Prefix" || !v.IsField() || v.Pkg().Path() != library+"app" {
			return
		}
		switch text, whole := r.constants(pkg, e); {
		case !whole:
			r.miss(pkg, e.Pos(), "the prefix of the application is no constant: its routes are shown as if it were %s", r.prefix)
		case text != "":
			r.prefix = strings.TrimSuffix(text, "/")
		}
	}
	for _, pkg := range r.Packages {
		for _, f := range pkg.Files {
			ast.Inspect(f, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.KeyValueExpr:
					set(pkg, n.Key, n.Value)
				case *ast.AssignStmt:
					for i, field := range n.Lhs {
						if len(n.Lhs) == len(n.Rhs) {
							set(pkg, field, n.Rhs[i])
						}
					}
				}
				return true
			})
		}
	}
}

// routerPrefix returns what stands before the paths of a router.
func (w way) routerPrefix(v value) (prefix string, ok, more bool) {
	if v, more = w.meant(v); more {
		return "", false, true
	}
	c, isCall := v.Expr.(*ast.CallExpr)
	if !isCall {
		return "", false, false
	}
	f := funcOf(w.info(v), c.Fun)
	if f == nil {
		return "", false, false
	}
	switch w.libraryName(f) {
	case "(*app.App).Router":
		return w.reader.prefix, true, false
	case "(*app.App).Root":
		return "", true, false
	case "(*api.API).Router":
		if len(c.Args) != 2 {
			return "", false, false
		}
		prefix, ok, more = w.text(value{c.Args[0], v.level})
		return strings.TrimSuffix(prefix, "/"), ok, more
	}
	return "", false, false
}
