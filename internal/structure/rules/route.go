package rules

import (
	"go/ast"
	"go/types"

	"github.com/terem-go/terem/internal/structure"
)

// route is a call that registers a typed route: api.Get(r, "/users/{id}", rt.get, Required).
type route struct {
	file          *ast.File
	call          *ast.CallExpr
	input, output types.Type     // without the pointer
	handler       *ast.BlockStmt // its body; nil if it is not in the package
	options       []ast.Expr
	spread        bool // the options are a slice, which cannot be read
}

// routes returns the typed routes that a package registers.
func routes(p *structure.Package) []route {
	var list []route
	for _, file := range p.Files {
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) < 4 || !isFunc(callee(p.Info, call), library+"/api", "Get", "Post", "Put", "Patch", "Delete") {
				return true
			}
			handler, ok := p.Info.TypeOf(call.Args[2]).Underlying().(*types.Signature)
			if !ok || handler.Params().Len() != 3 || handler.Results().Len() != 2 {
				return true
			}
			list = append(list, route{file: file, call: call, input: pointedAt(handler.Params().At(2).Type()), output: pointedAt(handler.Results().At(0).Type()),
				handler: body(p, call.Args[2]), options: call.Args[4:], spread: call.Ellipsis.IsValid()})
			return true
		})
	}
	return list
}

// body returns the body of a function that an expression names or is.
func body(p *structure.Package, e ast.Expr) *ast.BlockStmt {
	var id *ast.Ident
	switch x := ast.Unparen(e).(type) {
	case *ast.FuncLit:
		return x.Body
	case *ast.Ident:
		id = x
	case *ast.SelectorExpr:
		id = x.Sel
	default:
		return nil
	}
	f := p.Info.Uses[id]
	for _, file := range p.Files {
		for _, d := range file.Decls {
			if d, ok := d.(*ast.FuncDecl); ok && p.Info.Defs[d.Name] == f {
				return d.Body
			}
		}
	}
	return nil
}

// isPage reports whether a route with the output is a page, or anything else that
// is not part of the OpenAPI document.
func isPage(output types.Type) bool {
	set := types.NewMethodSet(types.NewPointer(output))
	for m := range set.Methods() {
		if m.Obj().Name() == "Render" {
			return true
		}
	}
	return false
}
