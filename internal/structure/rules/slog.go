package rules

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"

	"github.com/terem-go/terem/internal/structure"
)

var useSlog = &Rule{
	ID:    "slog",
	Title: "Code that serves requests and runs jobs logs with slog.",
	Reason: "What is printed has no level and no request's ID, is not in the form that logs are collected in, and mixes with them line by line. " +
		"log.Fatal ends the process in the middle of other requests.",
	WayOut: "call a *slog.Logger with the context, as in log.InfoContext(ctx, \"order paid\", \"order\", id), or return an error, which is logged; " +
		"take out what was for debugging",
	Package: func(p *structure.Package) []Finding {
		if !layered(p) && p.Kind != structure.KindTasks || !usesLibrary(p) {
			return nil
		}
		var list []Finding
		for _, file := range p.Files {
			if p.Roles[file] == structure.RoleCommands || ast.IsGenerated(file) { // commands print for people
				continue
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok {
					if name := prints(p.Info, call); name != "" {
						list = append(list, found(call.Fun, fmt.Sprintf("%s logs by %s", fileName(p, file), name)))
					}
				}
				return true
			})
		}
		return list
	},
}

// usesLibrary reports whether the package is of an application of the library.
func usesLibrary(p *structure.Package) bool {
	for _, i := range p.Types.Imports() {
		if strings.HasPrefix(i.Path(), library+"/") {
			return true
		}
	}
	return false
}

// prints returns the name of the function by which a call prints to the standard
// output or to the standard logger, or "".
func prints(info *types.Info, call *ast.CallExpr) string {
	if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok {
		if b, ok := info.Uses[id].(*types.Builtin); ok && strings.HasPrefix(b.Name(), "print") {
			return b.Name()
		}
	}
	f := callee(info, call)
	if isFunc(f, "fmt", "Print", "Printf", "Println") ||
		isFunc(f, "log", "Print", "Printf", "Println", "Fatal", "Fatalf", "Fatalln", "Panic", "Panicf", "Panicln") {
		return f.Pkg().Name() + "." + f.Name()
	}
	return ""
}
