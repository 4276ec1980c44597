package rules

import (
	"fmt"
	"go/ast"
	"go/types"

	"github.com/terem-go/terem/internal/structure"
)

var roleImports = &Rule{
	ID:    "role-imports",
	Title: "A file imports nothing that its role has no business with.",
	Reason: "The file's name is a promise about what can be found in it. SQL in a router or HTTP in a repository is found by " +
		"nobody who looks for it, and cannot be used or tested without the other.",
	Package: func(p *structure.Package) []Finding {
		if !layered(p) {
			return nil
		}
		var list []Finding
		for _, file := range p.Files {
			for _, spec := range file.Imports {
				if f, ok := roleImport(p, file, spec); ok {
					list = append(list, f)
				}
			}
		}
		return list
	},
}

// layered reports whether the roles of files mean something in the package.
func layered(p *structure.Package) bool {
	return p.Kind == structure.KindDomain || p.Kind == structure.KindService || p.Kind == structure.KindPages
}

// denied says which packages files of a role do not import.
var denied = map[structure.Role][]*group{
	structure.RoleRouter:       {groupData, groupMail, groupProgram},
	structure.RoleSchemas:      {groupData, groupSession, groupMail, groupProgram, groupJobs, groupWire},
	structure.RoleModels:       {groupHTTP, groupData, groupSession, groupMail, groupProgram, groupJobs},
	structure.RoleRepository:   {groupHTTP, groupMail, groupProgram},
	structure.RoleDependencies: {groupData, groupMail, groupProgram},
	structure.RoleAuth:         {groupData, groupMail, groupProgram},
	structure.RoleErrors:       {groupHTTP, groupData, groupSession, groupMail, groupProgram, groupJobs},
	structure.RoleJobs:         {groupHTTP, groupData, groupSession, groupMail, groupProgram},
	structure.RoleEvents:       {groupHTTP, groupData, groupSession, groupMail, groupProgram},
}

// belongs says where such code belongs.
var belongs = map[*group]string{
	groupHTTP:    "move what deals with HTTP to router.go or dependencies.go, and return errors of errors.go, whose kind becomes the status",
	groupWire:    "move what deals with HTTP to router.go or dependencies.go",
	groupData:    "move the query to a method of the repository in repository.go, and call that",
	groupSession: "move what reads or writes to repository.go, and what calls that to router.go",
	groupMail:    "move it to a service, and enqueue a job that calls the service after the commit",
	groupProgram: "let domain.go register it, and hand the values on from there",
	groupJobs:    "enqueue the job, or publish the event, where the session is: in router.go",
}

func roleImport(p *structure.Package, file *ast.File, spec *ast.ImportSpec) (Finding, bool) {
	role, path := p.Roles[file], importPath(spec)
	for _, g := range denied[role] {
		if !g.has(path) {
			continue
		}
		var at ast.Node = spec
		if role == structure.RoleModels && g == groupData {
			// Columns are of types of such packages, which is all that a model needs of them.
			if at = calls(p, file, path); at == nil {
				continue
			}
		}
		f := found(at, fmt.Sprintf("%s uses %s, which is for %s", fileName(p, file), path, g.what))
		f.WayOut = belongs[g]
		return f, true
	}
	return Finding{}, false
}

// calls returns the first use of a function or method of a package in a file that
// reaches the database, or nil.
func calls(p *structure.Package, file *ast.File, path string) ast.Node {
	var first ast.Node
	ast.Inspect(file, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && first == nil {
			if f, ok := p.Info.Uses[id].(*types.Func); ok && f.Pkg() != nil && f.Pkg().Path() == path && reachesDatabase(f) {
				first = id
			}
		}
		return first == nil
	})
	return first
}

// handles are the types by whose methods packages reach a database.
var handles = map[string]bool{
	"DB": true, "Tx": true, "Conn": true, "Stmt": true, "Row": true, "Rows": true, "Pool": true, "NamedStmt": true,
	"Collection": true, "Database": true, "Client": true, "Association": true,
}

func reachesDatabase(f *types.Func) bool {
	for v := range f.Signature().Params().Variables() {
		if isNamed(v.Type(), "context", "Context") {
			return true
		}
	}
	recv := f.Signature().Recv()
	return recv != nil && handles[typeName(recv.Type())] || isFunc(f, library+"/dao", "Of")
}
