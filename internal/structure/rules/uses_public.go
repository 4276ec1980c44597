package rules

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"

	"github.com/terem-go/terem/internal/structure"
)

var usesPublic = &Rule{
	ID:    "uses-public",
	Title: "A domain uses of another one only dependencies, models, errors, events and the arguments of jobs.",
	Reason: "The rest is a domain's own. Who calls the repository or uses the schemas of another domain goes around its rules, and makes " +
		"every change of a query or a form a change of two domains.",
	Application: func(a *Application) []Finding {
		var list []Finding
		for _, p := range a.Program.Packages {
			if p.Kind == structure.KindDomain {
				list = append(list, a.private(p)...)
			}
		}
		return list
	},
}

// public are the roles whose declarations other domains use.
var public = []structure.Role{structure.RoleDependencies, structure.RoleModels, structure.RoleErrors, structure.RoleEvents, structure.RoleJobs}

// private finds uses of what other domains keep to themselves, one for each object.
func (a *Application) private(p *structure.Package) []Finding {
	var list []Finding
	seen, named := map[types.Object]bool{}, map[*ast.File]bool{}
	for _, file := range p.Files {
		ast.Inspect(file, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok {
				return true
			}
			obj := origin(p.Info.Uses[id])
			if obj == nil || obj.Pkg() == nil || obj.Pkg() == p.Types || seen[obj] {
				return true
			}
			if _, isName := obj.(*types.PkgName); isName {
				return true
			}
			other := a.Program.Package(obj.Pkg().Path())
			if other == nil || other.Kind != structure.KindDomain {
				return true
			}
			owner := other.File(obj.Pos())
			if owner == nil || other.Roles[owner] == structure.RoleNone || slices.Contains(public, other.Roles[owner]) {
				return true
			}
			if v, ok := obj.(*types.Var); ok && v.IsField() && named[owner] {
				return true // of what is named already
			}
			seen[obj], named[owner] = true, true
			f := found(id, fmt.Sprintf("%s uses %s of %s/%s", p.Room, objectName(obj), other.Room, fileName(other, owner)))
			f.WayOut = fmt.Sprintf("declare an interface with the methods that are needed in %s/dependencies.go, and let main hand what has them "+
				"to %s; or make it a use case of both in services/", p.Room, p.Types.Name())
			list = append(list, f)
			return true
		})
	}
	return list
}
