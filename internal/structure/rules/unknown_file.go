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
			f.WayOut = suggestion(name)
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

// suggestion says where what is in a file belongs.
func suggestion(name string) string {
	stem := strings.TrimSuffix(name, ".go")
	i := strings.LastIndexByte(stem, '_') + 1
	if structure.IsUseCase(name) && stem[i:] != "manager" { // which is as often the interface of a storage
		return "a use case of one domain stands in its handler in router.go until it has a second caller, one of several domains is a package in services/"
	}
	if role := structure.RoleMeant(name); role != structure.RoleNone {
		return fmt.Sprintf("name it %s%s.go, and move what is not of this role to the files of the others", stem[:i], role)
	}
	return fmt.Sprintf("move what is in it to the files of its roles, such as %[1]s_models.go for what can be said about rows, %[1]s_repository.go for "+
		"queries and %[1]s_router.go for handlers", stem)
}
