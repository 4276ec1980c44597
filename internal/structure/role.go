package structure

import (
	"path"
	"strings"
)

// Role is what a file of a domain is for. Its name says it: router.go and
// admin_router.go are routers.
type Role string

// The roles of files.
const (
	RoleDomain       Role = "domain"
	RoleRouter       Role = "router"
	RoleSchemas      Role = "schemas"
	RoleModels       Role = "models"
	RoleRepository   Role = "repository"
	RoleDependencies Role = "dependencies"
	RoleAuth         Role = "auth"
	RoleErrors       Role = "errors"
	RoleJobs         Role = "jobs"
	RoleEvents       Role = "events"
	RoleCommands     Role = "commands"
	RoleDoc          Role = "doc"
	RoleTest         Role = "test"
	RoleNone         Role = "" // a name that says no role
)

var roles = map[string]Role{}

func init() {
	for _, r := range []Role{RoleDomain, RoleRouter, RoleSchemas, RoleModels, RoleRepository, RoleDependencies, RoleAuth, RoleErrors, RoleJobs, RoleEvents, RoleCommands, RoleDoc} {
		roles[string(r)] = r
	}
}

// RoleOf returns the role of a file by its name: the last word before .go.
func RoleOf(file string) Role {
	name := strings.TrimSuffix(path.Base(file), ".go")
	if strings.HasSuffix(name, "_test") {
		return RoleTest
	}
	return roles[name[strings.LastIndexByte(name, '_')+1:]]
}

// others are the words by which other layouts call roles.
var others = map[string]Role{}

func init() {
	for role, words := range map[Role][]string{
		RoleDomain:       {"module"},
		RoleRouter:       {"routers", "routes", "handler", "handlers", "controller", "controllers", "endpoint", "endpoints", "views"},
		RoleSchemas:      {"schema", "dto", "dtos", "request", "requests", "response", "responses", "payload", "payloads", "serializers"},
		RoleModels:       {"model", "entity", "entities"},
		RoleRepository:   {"repositories", "repo", "repos", "store", "stores", "storage", "dao", "queries", "persistence"},
		RoleDependencies: {"middleware", "middlewares", "policy", "policies"},
		RoleErrors:       {"error"},
		RoleJobs:         {"job"},
		RoleEvents:       {"event"},
	} {
		for _, w := range words {
			others[w] = role
		}
	}
}

// RoleMeant returns the role that a file has in other layouts by the last word of
// its name: handler.go is a router there. It is RoleNone for a name that says no
// role, and for one that says it in the words of this layout.
func RoleMeant(file string) Role {
	name := strings.TrimSuffix(path.Base(file), ".go")
	return others[name[strings.LastIndexByte(name, '_')+1:]]
}

// useCases are words for the layer between handlers and queries.
var useCases = map[string]bool{"service": true, "services": true, "usecase": true, "usecases": true, "logic": true, "manager": true, "interactor": true}

// IsUseCase reports whether the name of a file says that it is of the layer between
// handlers and queries, which this layout does not have: service.go.
func IsUseCase(file string) bool {
	name := strings.TrimSuffix(path.Base(file), ".go")
	return useCases[name[strings.LastIndexByte(name, '_')+1:]]
}
