package rules

import (
	"fmt"
	"go/ast"
	"strings"

	"github.com/terem-go/terem/internal/structure"
)

var unknownFile = &Rule{
	ID:    "unknown-file",
	Title: "The name of each file of a domain says its role.",
	Reason: "Who looks for a query opens repository.go, in every domain and without searching. A file whose name says no role is " +
		"where things go that are not found again, and no rule about roles can look at it.",
	Package: func(p *structure.Package) []Finding {
		if p.Kind != structure.KindDomain {
			return nil
		}
		var list []Finding
		for _, file := range p.Files {
			name := fileName(p, file)
			if p.Roles[file] != structure.RoleNone || ast.IsGenerated(file) || structure.RoleOf(withoutSystem(name)) != structure.RoleNone {
				continue
			}
			f := found(file.Name, name+" has a name that says no role")
			f.WayOut = fmt.Sprintf("move what is in it to the files of its roles, or name it after one: %s", suggestion(name))
			list = append(list, f)
		}
		return list
	},
}

// systems are the last words of the names of files for one system only.
var systems = []string{"linux", "darwin", "windows", "unix", "amd64", "arm64"}

// withoutSystem returns the name of a file without the system that it is for.
func withoutSystem(name string) string {
	for _, s := range systems {
		if before, ok := strings.CutSuffix(name, "_"+s+".go"); ok {
			return before + ".go"
		}
	}
	return name
}

// others are words by which other layouts call the roles.
var others = map[string]structure.Role{
	"handler": structure.RoleRouter, "handlers": structure.RoleRouter, "controller": structure.RoleRouter, "controllers": structure.RoleRouter,
	"routes": structure.RoleRouter, "api": structure.RoleRouter, "http": structure.RoleRouter, "endpoints": structure.RoleRouter,
	"store": structure.RoleRepository, "storage": structure.RoleRepository, "repo": structure.RoleRepository, "dao": structure.RoleRepository,
	"repositories": structure.RoleRepository, "queries": structure.RoleRepository, "db": structure.RoleRepository, "postgres": structure.RoleRepository,
	"dto": structure.RoleSchemas, "request": structure.RoleSchemas, "requests": structure.RoleSchemas, "response": structure.RoleSchemas,
	"responses": structure.RoleSchemas, "schema": structure.RoleSchemas, "payload": structure.RoleSchemas, "serializers": structure.RoleSchemas,
	"model": structure.RoleModels, "entity": structure.RoleModels, "entities": structure.RoleModels,
	"middleware": structure.RoleDependencies, "middlewares": structure.RoleDependencies, "policy": structure.RoleDependencies, "policies": structure.RoleDependencies,
	"error": structure.RoleErrors, "event": structure.RoleEvents, "job": structure.RoleJobs, "module": structure.RoleDomain,
}

// useCases are words for the layer between handlers and queries.
var useCases = map[string]bool{"service": true, "services": true, "usecase": true, "usecases": true, "logic": true, "manager": true, "interactor": true}

// suggestion returns names of files that say a role.
func suggestion(name string) string {
	stem := strings.TrimSuffix(name, ".go")
	before, word := "", stem
	if i := strings.LastIndexByte(stem, '_'); i >= 0 {
		before, word = stem[:i+1], stem[i+1:]
	}
	if role, ok := others[word]; ok {
		return before + string(role) + ".go"
	}
	if useCases[word] {
		return "a use case of one domain is its handler in router.go until it has a second caller, one of several domains is a package in services/"
	}
	return fmt.Sprintf("%[1]s_models.go for what can be said about rows, %[1]s_repository.go for queries, %[1]s_router.go for handlers", stem)
}
