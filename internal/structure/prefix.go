package structure

import (
	"go/ast"
	"go/constant"
	"strings"
)

// readPrefix finds what stands before the paths of domains: Prefix in the
// app.Config of the application, "/api" by default.
func (r *reader) readPrefix() {
	r.prefix = "/api"
	for _, pkg := range r.Packages {
		for _, f := range pkg.Files {
			ast.Inspect(f, func(n ast.Node) bool {
				lit, ok := n.(*ast.CompositeLit)
				if ok && typeKey(pkg.Info.Types[lit].Type) == library+"app.Config" {
					r.configured(pkg, lit)
				}
				return true
			})
		}
	}
}

// configured reads Prefix in an app.Config.
func (r *reader) configured(pkg *Package, config *ast.CompositeLit) {
	for _, e := range config.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		if id, ok := kv.Key.(*ast.Ident); !ok || id.Name != "Prefix" {
			continue
		}
		switch c := pkg.Info.Types[kv.Value].Value; {
		case c == nil || c.Kind() != constant.String:
			r.miss(pkg, kv.Pos(), "the prefix of the application is no constant: its routes are shown as if it were %s", r.prefix)
		case constant.StringVal(c) != "":
			r.prefix = strings.TrimSuffix(constant.StringVal(c), "/")
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
