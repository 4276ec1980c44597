package rules

import (
	"fmt"
	"go/ast"
	"go/types"

	"github.com/terem-go/terem/internal/structure"
)

var routePolicy = &Rule{
	ID:    "route-policy",
	Title: "Every route has a policy: none is served beside the application's.",
	Reason: "Who may call a route is decided where it is registered. A handler on a mux or a server of its own is asked by nobody, has no " +
		"limits of size and time, and is in no list of routes.",
	WayOut: "mount it in Register of a domain, with a policy: api.Handle(r, \"GET /export\", h, users.Required)",
	Application: func(a *Application) []Finding {
		if !a.usesAPI() {
			return nil // there are no policies
		}
		var list []Finding
		for _, p := range a.Program.Packages {
			for _, file := range p.Files {
				list = append(list, unpoliced(p, file)...)
			}
		}
		return list
	},
}

// usesAPI reports whether the application has routes of package api.
func (a *Application) usesAPI() bool {
	for _, p := range a.Program.Packages {
		for _, i := range p.Types.Imports() {
			if i.Path() == library+"/api" {
				return true
			}
		}
	}
	return false
}

func unpoliced(p *structure.Package, file *ast.File) []Finding {
	var list []Finding
	add := func(n ast.Node, format string, args ...any) {
		list = append(list, found(n, fmt.Sprintf(format, args...)))
	}
	beside := besideApplication(p, file)
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			f := callee(p.Info, n)
			switch {
			case isFunc(f, "net/http", "Handle", "HandleFunc"):
				add(n.Fun, "http.%s registers a route of the whole process, without a policy", f.Name())
			case isFunc(f, "net/http", "ListenAndServe", "ListenAndServeTLS", "Serve", "ServeTLS") && len(n.Args) > 1 && ownMux(p, n.Args[1], beside):
				add(n.Args[1], "http.%s serves routes beside the application's, without policies", f.Name())
			case isFunc(f, "net/http", "(ServeMux).Handle", "(ServeMux).HandleFunc") && beside[receiver(p.Info, n)] && !ofApplication(p, n.Args[1]):
				add(n.Fun, "the mux serves a route beside the application's, without a policy")
			}
		case *ast.CompositeLit:
			switch {
			case isNamed(p.Info.TypeOf(n), library+"/api", "Policy"):
				add(n, "this policy is empty, and lets nobody decide")
			case isNamed(p.Info.TypeOf(n), "net/http", "Server"):
				if h := serverHandler(n); h != nil && ownMux(p, h, beside) {
					add(h, "this server has routes beside the application's, without policies")
				}
			}
		}
		return true
	})
	return list
}

// serverHandler returns the handler in http.Server{Handler: h}, or nil.
func serverHandler(lit *ast.CompositeLit) ast.Expr {
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if key, ok := kv.Key.(*ast.Ident); ok && key.Name == "Handler" {
				return kv.Value
			}
		}
	}
	return nil
}

// besideApplication are the muxes of a file on which the application's own handler
// is mounted: what else is on them is served beside it.
func besideApplication(p *structure.Package, file *ast.File) map[types.Object]bool {
	muxes := map[types.Object]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if ok && isFunc(callee(p.Info, call), "net/http", "(ServeMux).Handle") && len(call.Args) == 2 && ofApplication(p, call.Args[1]) {
			muxes[receiver(p.Info, call)] = true
		}
		return true
	})
	delete(muxes, nil)
	return muxes
}

// receiver returns the variable or field that a method is called of, or nil.
func receiver(info *types.Info, call *ast.CallExpr) types.Object {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	return objectOf(info, sel.X)
}

// ownMux reports whether a server's handler is a mux on which the application is
// not. Of any other handler it cannot be told.
func ownMux(p *structure.Package, h ast.Expr, beside map[types.Object]bool) bool {
	return isNamed(p.Info.TypeOf(h), "net/http", "ServeMux") && !beside[objectOf(p.Info, h)]
}

// ofApplication reports whether an expression is what (*app.App).Handler or
// (*api.API).Handler returns, or a variable that was assigned it.
func ofApplication(p *structure.Package, e ast.Expr) bool {
	if call, ok := ast.Unparen(e).(*ast.CallExpr); ok {
		return applicationHandler(callee(p.Info, call))
	}
	obj := objectOf(p.Info, e)
	return obj != nil && fromApplication(p, obj)
}

func applicationHandler(f *types.Func) bool {
	return isFunc(f, library+"/app", "(App).Handler") || isFunc(f, library+"/api", "(API).Handler")
}

// fromApplication reports whether a variable is assigned the application's handler.
func fromApplication(p *structure.Package, obj types.Object) bool {
	owner := p.File(obj.Pos())
	if owner == nil {
		return false
	}
	is := false
	ast.Inspect(owner, func(n ast.Node) bool {
		assign, ok := n.(*ast.AssignStmt)
		if !ok || len(assign.Rhs) != 1 {
			return true
		}
		for _, l := range assign.Lhs {
			id, ok := l.(*ast.Ident)
			if !ok || p.Info.Defs[id] != obj && p.Info.Uses[id] != obj {
				continue
			}
			if call, ok := ast.Unparen(assign.Rhs[0]).(*ast.CallExpr); ok {
				is = is || applicationHandler(callee(p.Info, call))
			}
		}
		return true
	})
	return is
}
