package rules

import (
	"fmt"
	"go/ast"
	"slices"
	"strings"

	"github.com/terem-go/terem/internal/structure"
)

var layers = &Rule{
	ID:    "layers",
	Title: "Imports lead from main to tasks and pages, from there to services, and from there to domains.",
	Reason: "A domain that calls a service, or utils that know a domain, cannot be understood, tested or moved without what stands above " +
		"them, and sooner or later something above needs them back, which Go refuses.",
	Application: func(a *Application) []Finding {
		var list []Finding
		for _, p := range a.Program.Packages {
			for _, file := range p.Files {
				for _, spec := range file.Imports {
					if other := a.Program.Package(importPath(spec)); other != nil {
						list = append(list, upward(p, other, spec)...)
					}
				}
			}
		}
		return list
	},
}

// refused says which kinds of rooms those of a kind do not import.
var refused = map[structure.Kind][]structure.Kind{
	structure.KindDomain:  {structure.KindService, structure.KindTasks, structure.KindPages},
	structure.KindService: {structure.KindTasks, structure.KindPages},
	structure.KindTasks:   {structure.KindPages},
	structure.KindPages:   {structure.KindTasks},
	structure.KindUtils:   {structure.KindDomain, structure.KindService, structure.KindTasks, structure.KindPages, structure.KindDAO, structure.KindOther},
	structure.KindDAO:     {structure.KindDomain, structure.KindService, structure.KindTasks, structure.KindPages},
}

// downward says what to do instead, by the kind that imports.
var downward = map[structure.Kind]string{
	structure.KindDomain: "enqueue a job in the session, whose worker in tasks/ calls it after the commit; or move the use case itself to services/, " +
		"which calls the domain",
	structure.KindService: "move what both need to the service or to a domain",
	structure.KindTasks:   "move what both need to services/",
	structure.KindPages:   "move what both need to services/, and enqueue what is to be done later",
	structure.KindUtils:   "move what knows the application to where it belongs, or let callers hand the values over as parameters",
	structure.KindDAO:     "let the domain hand the values over as parameters",
}

func upward(p, other *structure.Package, spec *ast.ImportSpec) []Finding {
	kind := p.Kind
	if p.Room == "static" || strings.HasPrefix(p.Room, "static/") {
		kind = structure.KindUtils
	}
	if !slices.Contains(refused[kind], other.Kind) {
		return nil
	}
	f := found(spec, fmt.Sprintf("%s imports %s: %s", p.Room, other.Room, why(kind, other.Kind)))
	f.WayOut = downward[kind]
	return []Finding{f}
}

// why says in a word what is not done.
func why(kind, other structure.Kind) string {
	names := map[structure.Kind]string{
		structure.KindDomain: "a domain", structure.KindService: "a service", structure.KindTasks: "tasks", structure.KindPages: "pages",
		structure.KindUtils: "utils", structure.KindDAO: "dao", structure.KindOther: "another package of the application",
	}
	switch kind {
	case structure.KindUtils:
		return "utils and static import nothing of the application"
	case structure.KindTasks, structure.KindPages:
		return fmt.Sprintf("%s do not use %s", names[kind], names[other])
	}
	return fmt.Sprintf("%s does not use %s", names[kind], names[other])
}
