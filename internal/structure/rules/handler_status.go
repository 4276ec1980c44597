package rules

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"

	"github.com/terem-go/terem/internal/structure"
)

var handlerStatus = &Rule{
	ID:    "handler-status",
	Title: "Handlers return errors, and never choose the status of a failure.",
	Reason: "An error's kind decides the status, in one table, so that the same failure looks the same from every route, is logged, rolls the " +
		"session back, and is an error page for a browser. A status that a handler writes itself is none of this.",
	WayOut: "declare the error in errors.go with a kind, and return it: return nil, ErrNotFound.Here()",
	Package: func(p *structure.Package) []Finding {
		if !layered(p) || !importsAPI(p) {
			return nil
		}
		var list []Finding
		for _, file := range p.Files {
			for _, d := range file.Decls {
				if f, ok := d.(*ast.FuncDecl); ok && f.Body != nil {
					list = append(list, chosenStatuses(p, file, f.Body)...)
				}
			}
		}
		return list
	},
}

func importsAPI(p *structure.Package) bool {
	for _, i := range p.Types.Imports() {
		if i.Path() == library+"/api" {
			return true
		}
	}
	return false
}

func chosenStatuses(p *structure.Package, file *ast.File, body *ast.BlockStmt) []Finding {
	var list []Finding
	add := func(n ast.Node, format string, args ...any) *Finding {
		list = append(list, found(n, fmt.Sprintf("%s "+format, append([]any{fileName(p, file)}, args...)...)))
		return &list[len(list)-1]
	}
	const answer = "answer with the error, which writes its status: api.ErrorHandler(ErrNotFound.Here()).ServeHTTP(w, r)"
	ast.Inspect(body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		switch f := callee(p.Info, call); {
		case isFunc(f, "net/http", "Error", "NotFound"):
			add(call.Fun, "answers with http.%s", f.Name()).WayOut = answer
		case isFunc(f, "net/http", "(ResponseWriter).WriteHeader") && failure(p, call):
			add(call, "writes the status %s of a failure", statusOf(p, call)).WayOut = answer
		case isFunc(f, library+"/errs", "KindOf") && failure(p, call):
			add(call, "makes an error of the status %s", statusOf(p, call))
		case isFunc(f, library+"/errs", "New"):
			add(call, "makes an error of its own in a function").WayOut = "declare it in errors.go, so that routes can name it by api.Fails, and return it"
		case isFunc(f, library+"/web", "(Page).Status") && failure(p, call) && statusOf(p, call) != "422":
			add(call, "shows a page with the status %s of a failure", statusOf(p, call)).WayOut = "return the error: the application's error page shows it"
		case isFunc(f, library+"/api", "Status") && failure(p, call):
			add(call, "gives a route the status %s of a failure", statusOf(p, call)).WayOut = "name the failure: api.Fails(ErrNotFound)"
		}
		return true
	})
	return list
}

// failure reports whether the first argument is a constant from 400 on.
func failure(p *structure.Package, call *ast.CallExpr) bool {
	v := p.Info.Types[call.Args[0]].Value
	return v != nil && v.Kind() == constant.Int && constant.Compare(v, token.GEQ, constant.MakeInt64(400))
}

func statusOf(p *structure.Package, call *ast.CallExpr) string {
	return p.Info.Types[call.Args[0]].Value.String()
}
