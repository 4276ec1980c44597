package rules

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"github.com/terem-go/terem/internal/structure"
)

var roleUses = &Rule{
	ID:    "role-uses",
	Title: "A file of a domain uses only the files that its role stands on.",
	Reason: "Inside a domain things lean one way: the router on schemas, dependencies and auth, these on the repository, the repository " +
		"on models, models on errors. Where it is so, each part can be read, tested and changed without those that lean on it.",
	Package: func(p *structure.Package) []Finding {
		if !layered(p) {
			return nil
		}
		var list []Finding
		filters := filterTypes(p)
		for _, file := range p.Files {
			if allowed, ok := leansOn[p.Roles[file]]; ok {
				list = append(list, roleUsesOf(p, file, allowed, filters)...)
			}
		}
		return list
	},
}

// leansOn says which roles' declarations a file of a role uses, besides those of
// its own. A role that is not here uses all: domain.go puts everything together.
var leansOn = map[structure.Role][]structure.Role{
	structure.RoleRouter: {structure.RoleSchemas, structure.RoleDependencies, structure.RoleAuth, structure.RoleRepository,
		structure.RoleModels, structure.RoleErrors, structure.RoleJobs, structure.RoleEvents, structure.RoleDomain},
	structure.RoleSchemas: {structure.RoleDependencies, structure.RoleModels, structure.RoleErrors},
	structure.RoleDependencies: {structure.RoleAuth, structure.RoleRepository, structure.RoleModels, structure.RoleErrors,
		structure.RoleDomain},
	structure.RoleAuth: {structure.RoleSchemas, structure.RoleDependencies, structure.RoleRepository, structure.RoleModels,
		structure.RoleErrors, structure.RoleJobs, structure.RoleEvents, structure.RoleDomain},
	structure.RoleCommands: {structure.RoleDependencies, structure.RoleAuth, structure.RoleRepository, structure.RoleModels,
		structure.RoleErrors, structure.RoleJobs, structure.RoleEvents, structure.RoleDomain},
	structure.RoleRepository: {structure.RoleModels, structure.RoleErrors, structure.RoleJobs, structure.RoleEvents},
	structure.RoleModels:     {structure.RoleErrors},
	structure.RoleJobs:       {structure.RoleModels, structure.RoleErrors},
	structure.RoleEvents:     {structure.RoleModels, structure.RoleErrors},
	structure.RoleErrors:     {},
}

// inserted says what to do about a use, by the roles of the user and the used.
var inserted = map[[2]structure.Role]string{
	{structure.RoleModels, structure.RoleSchemas}:          "turn the model into the schema in schemas.go: func newUserRead(u *User) UserRead",
	{structure.RoleModels, structure.RoleRepository}:       "read or write in the repository, and leave the model what can be said about one row",
	{structure.RoleRepository, structure.RoleSchemas}:      "give the repository the model or the values that it needs; what turns a schema into a model stands in schemas.go",
	{structure.RoleRepository, structure.RoleAuth}:         "let auth.go call the repository, or hand the value that is needed over as a parameter",
	{structure.RoleSchemas, structure.RoleRepository}:      "call the repository in the handler, and hand what it returns to the schema",
	{structure.RoleDependencies, structure.RoleRouter}:     "move what both need to dependencies.go",
	{structure.RoleDependencies, structure.RoleSchemas}:    "let the schema name the dependency as a field, or declare the type in dependencies.go",
	{structure.RoleRouter, structure.RoleCommands}:         "move what both need to the repository or to auth.go",
	{structure.RoleSchemas, structure.RoleRouter}:          "move what both need to schemas.go",
	{structure.RoleErrors, structure.RoleModels}:           "give the error its details where it is returned, with With or Wrap",
	{structure.RoleRepository, structure.RoleRouter}:       "move what both need to the repository",
	{structure.RoleRepository, structure.RoleDependencies}: "hand the value that is needed over as a parameter, such as the user's ID",
}

func roleUsesOf(p *structure.Package, file *ast.File, allowed []structure.Role, filters []types.Type) []Finding {
	var list []Finding
	seen, named := map[types.Object]bool{}, map[*ast.File]bool{}
	role := p.Roles[file]
	ast.Inspect(file, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		obj := origin(p.Info.Uses[id])
		if obj == nil || obj.Pkg() != p.Types || seen[obj] || role == structure.RoleRepository && ofFilter(obj, filters) {
			return true
		}
		owner := p.File(obj.Pos())
		if owner == nil || owner == file {
			return true
		}
		used := p.Roles[owner]
		if _, known := leansOn[used]; !known && used != structure.RoleDomain || used == role || slices.Contains(allowed, used) {
			return true
		}
		if v, ok := obj.(*types.Var); ok && v.IsField() && named[owner] {
			return true // of what is named already
		}
		seen[obj], named[owner] = true, true
		f := found(id, fmt.Sprintf("%s uses %s of %s", fileName(p, file), objectName(obj), fileName(p, owner)))
		f.WayOut = inserted[[2]structure.Role{role, used}]
		if f.WayOut == "" {
			f.WayOut = fmt.Sprintf("move what both need to a file that %s leans on%s, or hand the value over as a parameter",
				fileName(p, file), orNothing(allowed))
		}
		list = append(list, f)
		return true
	})
	return list
}

func orNothing(allowed []structure.Role) string {
	if len(allowed) == 0 {
		return ""
	}
	names := make([]string, len(allowed))
	for i, r := range allowed {
		names[i] = string(r) + ".go"
	}
	return " (" + strings.Join(names, ", ") + ")"
}

// filterTypes are the types of values that the package gives to dao.Filter. They say
// what clients can search by, so they stand in schemas.go, and the repository takes
// them as they are.
func filterTypes(p *structure.Package) []types.Type {
	var list []types.Type
	for _, file := range p.Files {
		if p.Roles[file] != structure.RoleRepository {
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok && len(call.Args) == 1 && isFunc(callee(p.Info, call), library+"/dao", "Filter") {
				t := types.Unalias(p.Info.TypeOf(call.Args[0]))
				if ptr, ok := t.(*types.Pointer); ok {
					t = ptr.Elem()
				}
				list = append(list, t)
			}
			return true
		})
	}
	return list
}

// ofFilter reports whether the object is one of the types, or a field of one.
func ofFilter(obj types.Object, filters []types.Type) bool {
	for _, t := range filters {
		if obj, ok := obj.(*types.TypeName); ok && types.Identical(obj.Type(), t) {
			return true
		}
		if s, ok := t.Underlying().(*types.Struct); ok {
			for f := range s.Fields() {
				if f == obj {
					return true
				}
			}
		}
	}
	return false
}
