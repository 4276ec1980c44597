package rules

import (
	"fmt"
	"go/ast"
	"go/types"

	"github.com/terem-go/terem/internal/structure"
)

var sessionBegun = &Rule{
	ID:    "session-begun",
	Title: "A repository never begins a unit of work.",
	Reason: "What several repositories do in one request is committed or rolled back as one, because they share a session that none of them " +
		"owns. A method that begins its own commits by itself, and leaves the rest of the request behind when that fails.",
	WayOut: "take the session as a parameter, db.Querier to read and db.Execer to write, and begin where the work as a whole is known: the route " +
		"and the worker have a session, and auth.go and services have *db.DB",
	Package: func(p *structure.Package) []Finding {
		if !layered(p) && p.Kind != structure.KindDAO {
			return nil
		}
		var list []Finding
		for _, file := range p.Files {
			if p.Roles[file] != structure.RoleRepository && p.Kind != structure.KindDAO {
				continue
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok {
					if f := callee(p.Info, call); begins(f) {
						list = append(list, found(call.Fun, fmt.Sprintf("%s begins a unit of work: %s", fileName(p, file), funcName(f))))
					}
				}
				return true
			})
		}
		return list
	},
}

// begins reports whether a function begins a transaction.
func begins(f *types.Func) bool {
	if f == nil || f.Pkg() == nil || f.Signature().Recv() == nil {
		return false
	}
	switch f.Name() {
	case "Do", "Read", "Unit":
		return isFunc(f, library+"/db", "(DB)."+f.Name())
	case "Begin", "BeginTx", "Beginx", "BeginTxx", "BeginFunc", "BeginTxFunc", "Transaction":
		return groupData.has(f.Pkg().Path())
	}
	return false
}
