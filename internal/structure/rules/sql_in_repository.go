package rules

import (
	"fmt"
	"go/ast"
	"go/types"

	"github.com/terem-go/terem/internal/structure"
)

var sqlInRepository = &Rule{
	ID:    "sql-in-repository",
	Title: "Only the repository of a domain runs SQL.",
	Reason: "Whoever changes a table looks for what touches it in one file. SQL in a handler is not found there, and goes around what " +
		"the repository sees to, such as owners and rows that are marked as deleted.",
	WayOut: "make it a method of the repository in repository.go, named after what it is for, and call that",
	Package: func(p *structure.Package) []Finding {
		if p.Kind == structure.KindUtils || p.Kind == structure.KindOther {
			return sharedSQL(p)
		}
		if !layered(p) {
			return nil
		}
		var list []Finding
		for _, file := range p.Files {
			switch p.Roles[file] {
			case structure.RoleRepository, structure.RoleNone, structure.RoleDomain, structure.RoleDoc:
				continue
			}
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.CallExpr:
					if f := callee(p.Info, n); runsSQL(f) {
						list = append(list, found(n.Fun, fmt.Sprintf("%s runs SQL: %s", fileName(p, file), funcName(f))))
					}
				case *ast.SelectorExpr:
					if innerTable(p.Info, n) {
						list = append(list, found(n, fmt.Sprintf("%s reaches into the repository for its table", fileName(p, file))))
					}
				}
				return true
			})
		}
		return list
	},
}

// sharedSQL finds SQL about tables in a folder that is no domain, and so cannot own
// them. Programs, such as one that fills a database with samples, may have it, and
// so may what is generated.
func sharedSQL(p *structure.Package) []Finding {
	if p.Types.Name() == "main" {
		return nil
	}
	var list []Finding
	for _, file := range p.Files {
		if ast.IsGenerated(file) {
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			for _, s := range sqlIn(p, call) {
				if tables := append(s.writes, s.reads...); len(tables) > 0 {
					f := found(s.at, fmt.Sprintf("%s is no domain, and has SQL about the table %s", p.Room, tables[0]))
					f.WayOut = "make it a method of the repository of the domain that owns the table, and let callers hand what that returns over as a parameter"
					list = append(list, f)
				}
			}
			return true
		})
	}
	return list
}

var statements = map[string]bool{
	"Exec": true, "ExecContext": true, "Query": true, "QueryContext": true, "QueryRow": true, "QueryRowContext": true,
	"Prepare": true, "PrepareContext": true, "Copy": true, "CopyFrom": true, "SendBatch": true, "Statement": true,
	"Queryx": true, "QueryRowx": true, "NamedExec": true, "NamedQuery": true, "Select": true, "Raw": true,
}

// runsSQL reports whether a method of a database runs a statement.
func runsSQL(f *types.Func) bool {
	if f == nil || f.Pkg() == nil || f.Signature().Recv() == nil || !statements[f.Name()] {
		return false
	}
	path := f.Pkg().Path()
	return path == library+"/db" || groupData.has(path)
}

// innerTable reports whether a selector names a dao.Table that is embedded in a
// repository.
func innerTable(info *types.Info, sel *ast.SelectorExpr) bool {
	s := info.Selections[sel]
	if s == nil || s.Kind() != types.FieldVal {
		return false
	}
	v, ok := s.Obj().(*types.Var)
	return ok && v.Embedded() && isNamed(v.Type(), library+"/dao", "Table")
}
