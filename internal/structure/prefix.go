package structure

import (
	"go/ast"
	"go/constant"
	"go/types"
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

// provider is what makes the values of a type from requests.
type provider struct {
	typ  types.Type
	make value
	way  way
}

// readProviders finds what is provided.
func (r *reader) readProviders() {
	for _, s := range r.sites["api.Provide"] {
		id, _ := bare(s.call.Fun).(*ast.Ident)
		if sel, ok := bare(s.call.Fun).(*ast.SelectorExpr); ok {
			id = sel.Sel
		}
		args := s.pkg.Info.Instances[id].TypeArgs
		if args.Len() == 0 || len(s.call.Args) < 2 {
			continue
		}
		if _, generic := args.At(0).(*types.TypeParam); generic {
			r.miss(s.pkg, s.call.Pos(), "it cannot be told what is provided here: its type is a parameter")
			continue
		}
		w := way{r, s, nil}
		made, _ := w.meant(value{s.call.Args[1], 0})
		r.given[typeKey(args.At(0))] = &provider{args.At(0), made, w}
	}
}

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
