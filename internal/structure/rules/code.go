package rules

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/terem-go/terem/internal/structure"
)

// code is a function of the application, or a function literal.
type code struct {
	pkg   *structure.Package
	fn    *structure.Func // that it is or stands in; nil outside of functions
	lit   *ast.FuncLit    // nil for a function that is declared
	typ   *ast.FuncType
	calls []callSite // what it calls while it runs; see inPlace
}

// callSite is a call in a piece of code.
type callSite struct {
	call   *ast.CallExpr
	callee *types.Func     // nil for a function value
	to     *structure.Func // if it is one of the application's
	path   []ast.Node      // what it stands in, from the body of the code to the call
}

// name returns the name of the function, or of the one that the literal stands in.
func (c *code) name() string {
	switch {
	case c.fn == nil:
		return "a function"
	case c.lit != nil:
		return "a function in " + c.fn.Name()
	}
	return c.fn.Name()
}

func (c *code) body() *ast.BlockStmt {
	if c.lit != nil {
		return c.lit.Body
	}
	return c.fn.Decl.Body
}

// codes returns all code of the application, in the order of the text.
func (a *Application) codes() []*code {
	if a.code != nil {
		return a.code
	}
	a.code = []*code{}
	for _, pkg := range a.Program.Packages {
		for _, file := range pkg.Files {
			for _, d := range file.Decls {
				var fn *structure.Func
				if decl, ok := d.(*ast.FuncDecl); ok {
					obj, _ := pkg.Info.Defs[decl.Name].(*types.Func)
					if fn = a.Program.Func(obj); fn != nil {
						a.code = append(a.code, &code{pkg: pkg, fn: fn, typ: decl.Type})
					}
				}
				ast.Inspect(d, func(n ast.Node) bool {
					if lit, ok := n.(*ast.FuncLit); ok {
						a.code = append(a.code, &code{pkg: pkg, fn: fn, lit: lit, typ: lit.Type})
					}
					return true
				})
			}
		}
	}
	for _, c := range a.code {
		w := walker{a: a, pkg: c.pkg}
		w.walk(c.body())
		c.calls = w.calls
	}
	return a.code
}

// walker finds the calls of a piece of code.
type walker struct {
	a     *Application
	pkg   *structure.Package
	path  []ast.Node
	calls []callSite
}

// walk visits what runs while the code does: not what a goroutine does, and of
// function literals those that are called in place.
func (w *walker) walk(root ast.Node) {
	ast.Inspect(root, func(n ast.Node) bool {
		if n == nil {
			w.path = w.path[:len(w.path)-1]
			return true
		}
		switch n := n.(type) {
		case *ast.GoStmt, *ast.FuncLit:
			return false
		case *ast.CallExpr:
			w.call(n)
		}
		w.path = append(w.path, n)
		return true
	})
}

func (w *walker) call(n *ast.CallExpr) {
	site := callSite{call: n, callee: callee(w.pkg.Info, n), path: append(slices.Clone(w.path), n)}
	if site.callee != nil {
		site.to = w.a.Program.Named(w.pkg, n.Fun)
	}
	w.calls = append(w.calls, site)
	enter := func(e ast.Expr) {
		if lit, ok := ast.Unparen(e).(*ast.FuncLit); ok {
			w.path = append(w.path, n, lit)
			w.walk(lit.Body)
			w.path = w.path[:len(w.path)-2]
		}
	}
	enter(n.Fun)
	for i, arg := range n.Args {
		if inPlace(site, i) {
			enter(arg)
		}
	}
}

// inPlace reports whether a call runs a function literal among its arguments before
// it returns. It is the case of what opens units of work, of functions such as
// slices.SortFunc, and of functions of the application that call the parameter.
func inPlace(s callSite, arg int) bool {
	switch {
	case s.callee == nil || s.callee.Pkg() == nil:
		return false
	case s.to != nil:
		return callsParameter(s.to, arg)
	}
	switch s.callee.Pkg().Path() {
	case library + "/db":
		return isFunc(s.callee, library+"/db", "(DB).Do", "(DB).Read", "(DB).Unit", "(Session).Nested", "(Session).Statement")
	case "slices", "sort", "strings", "bytes", "maps":
		return true
	}
	return isFunc(s.callee, "sync", "(Once).Do")
}

// callsParameter reports whether a function calls one of its parameters itself.
func callsParameter(f *structure.Func, i int) bool {
	params := f.Obj.Signature().Params()
	if i >= params.Len() {
		return false
	}
	called := false
	ast.Inspect(f.Decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit, *ast.GoStmt:
			return false
		case *ast.CallExpr:
			id, ok := ast.Unparen(n.Fun).(*ast.Ident)
			called = called || ok && f.Package.Info.Uses[id] == params.At(i)
		}
		return !called
	})
	return called
}
