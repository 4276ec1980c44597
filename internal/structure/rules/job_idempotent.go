package rules

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/types"
	"strings"

	"github.com/terem-go/terem/internal/structure"
)

var jobIdempotent = &Rule{
	ID:    "job-idempotent",
	Title: "A worker that takes a *db.DB says why a second run does no harm.",
	Reason: "A job is run again when its process dies at any point, also after a mail was sent or a unit of work was committed. Whoever has not " +
		"thought of that sends the mail, or takes the money, twice. The program refuses to start without the declaration.",
	WayOut: "give jobs.Add the option jobs.Idempotent(\"why\"), or take a *db.Session, whose writes happen once",
	Package: func(p *structure.Package) []Finding {
		var list []Finding
		for _, file := range p.Files {
			ast.Inspect(file, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok {
					list = append(list, undeclaredWorker(p, call)...)
				}
				return true
			})
		}
		return list
	},
}

// undeclaredWorker finds a worker that declares nothing, or what it must not.
func undeclaredWorker(p *structure.Package, call *ast.CallExpr) []Finding {
	f := callee(p.Info, call)
	at := 1 // the argument that is the worker
	switch {
	case isFunc(f, library+"/jobs", "AddKind"):
		at = 2
	case !isFunc(f, library+"/jobs", "Add"):
		return nil
	}
	if len(call.Args) <= at || call.Ellipsis.IsValid() {
		return nil
	}
	worker, ok := p.Info.TypeOf(call.Args[at]).Underlying().(*types.Signature)
	if !ok || worker.Params().Len() != 3 {
		return nil
	}
	takes := worker.Params().At(1).Type()
	declared := false
	for _, opt := range call.Args[at+1:] {
		made, ok := ast.Unparen(opt).(*ast.CallExpr)
		if !ok {
			return nil // a value that may be anything
		}
		switch option := callee(p.Info, made); {
		case isFunc(option, library+"/jobs", "Idempotent") && len(made.Args) == 1:
			declared = true
			because := p.Info.Types[made.Args[0]].Value
			if because != nil && because.Kind() == constant.String && strings.TrimSpace(constant.StringVal(because)) == "" {
				return []Finding{found(made, "the worker does not say why a second run does no harm")}
			}
			if isNamed(takes, library+"/db", "Session") {
				f := found(made, "a worker that takes a *db.Session declares that a second run does no harm")
				f.Reason = "What a worker writes in its session happens once: the job is completed in it. The program refuses to start with the declaration."
				f.WayOut = "leave jobs.Idempotent out, or take a *db.DB if the worker calls the outside"
				return []Finding{f}
			}
		case !isFunc(option, library+"/jobs", "Timeout", "Unit"):
			return nil
		}
	}
	if declared || !isNamed(takes, library+"/db", "DB") {
		return nil
	}
	return []Finding{found(call.Args[at], fmt.Sprintf("the worker %s takes a *db.DB and does not say why a second run does no harm", workerName(call.Args[at])))}
}

// workerName returns a worker as it is written, if that is short.
func workerName(e ast.Expr) string {
	if _, ok := ast.Unparen(e).(*ast.FuncLit); ok {
		return "of this job"
	}
	return types.ExprString(e)
}
