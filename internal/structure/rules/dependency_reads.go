package rules

import (
	"fmt"
	"go/ast"

	"github.com/terem-go/terem/internal/structure"
)

var dependencyReads = &Rule{
	ID:          "dependency-reads",
	Title:       "Dependencies and policies never write.",
	Reason:      dependencyReason,
	WayOut:      "write in the handler, which has a session; or look only, and do the rest after the response (api.Later) or in a job that the handler enqueues",
	Application: writingDependencies,
}

const dependencyReason = "Dependencies and policies are resolved before the handler's session begins, also for requests that are refused then. " +
	"What they write is committed by itself, stays when the request fails, and takes SQLite's only writer for every caller."

// writingDependencies finds the providers and policies that come to a write.
func writingDependencies(a *Application) []Finding {
	w := a.ways(writes)
	byLit, byFunc := map[*ast.FuncLit]*code{}, map[*structure.Func]*code{}
	for _, c := range a.codes() {
		if c.lit != nil {
			byLit[c.lit] = c
		} else {
			byFunc[c.fn] = c
		}
	}
	var list []Finding
	seen := map[*ast.CallExpr]bool{}
	look := func(c *code, what string) {
		for _, s := range c.calls {
			if way := w.from(c.pkg, s); way != nil && !seen[s.call] {
				seen[s.call] = true
				list = append(list, onWay(way, fmt.Sprintf("the %s writes: %s", what, way.what()), dependencyReason))
			}
		}
	}
	for _, p := range a.Program.Packages {
		for _, file := range p.Files {
			ast.Inspect(file, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok || len(call.Args) < 2 {
					return true
				}
				f, what := callee(p.Info, call), "dependency"
				switch {
				case isFunc(f, library+"/api", "Allow"):
					what = "policy"
				case !isFunc(f, library+"/api", "Provide"):
					return true
				}
				if lit, ok := ast.Unparen(call.Args[1]).(*ast.FuncLit); ok {
					look(byLit[lit], what)
				} else if f := a.Program.Named(p, call.Args[1]); f != nil {
					look(byFunc[f], what+" "+f.Name())
				}
				return true
			})
		}
	}
	return list
}

// writes is the deed of writing to the database: a function of the library that
// takes what can write, or begins a unit of work that can.
func writes(_ *structure.Package, s callSite) string {
	f := s.callee
	if f == nil || f.Pkg() == nil || s.to != nil {
		return ""
	}
	if isFunc(f, library+"/db", "(DB).Do", "(DB).Unit", "(Session).Exec", "(Execer).Exec", "(Session).Copy", "(Copier).Copy") {
		return "db." + funcName(f)
	}
	switch f.Pkg().Path() {
	case library + "/dao", library + "/jobs", library + "/events":
		for v := range f.Signature().Params().Variables() {
			if holds(v.Type()) {
				return f.Pkg().Name() + "." + funcName(f)
			}
		}
	}
	return ""
}
