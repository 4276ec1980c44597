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
