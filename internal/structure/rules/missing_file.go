package rules

import (
	"fmt"
	"path/filepath"

	"github.com/terem-go/terem/internal/structure"
)

var missingFile = &Rule{
	ID:    "missing-file",
	Title: "Each domain has a domain.go.",
	Reason: "domain.go says what the domain is for, what it adds to the application, and which other domains it uses. Without it, all " +
		"files have to be read to know.",
	WayOut: "write it: the package comment, and a type Domain with a method Register",
	Package: func(p *structure.Package) []Finding {
		if p.Kind != structure.KindDomain || file(p, structure.RoleDomain) != nil {
			return nil
		}
		return []Finding{found(p.Files[0].Name, fmt.Sprintf("the domain %s has no domain.go", p.Room))}
	},
}

var missingTests = &Rule{
	ID:    "missing-tests",
	Title: "A domain with routes has tests of them.",
	Reason: "A router's test calls the application as its clients do, so that paths, policies, schemas and statuses stay what they are. " +
		"Nothing else sees a policy that is gone.",
	Application: func(a *Application) []Finding {
		var list []Finding
		for _, p := range a.Program.Packages {
			router := file(p, structure.RoleRouter)
			if p.Kind != structure.KindDomain || router == nil {
				continue
			}
			tests, _ := filepath.Glob(filepath.Join(a.Program.Dir, filepath.FromSlash(p.Room), "*_test.go")) // the pattern is right
			routers, _ := filepath.Glob(filepath.Join(a.Program.Dir, filepath.FromSlash(p.Room), "*router_test.go"))
			if len(routers) > 0 {
				continue
			}
			f := found(router.Name, fmt.Sprintf("the domain %s has routes and no router_test.go", p.Room))
			f.WayOut = "write router_test.go: for each route one call that succeeds, and one of somebody who may not"
			if len(tests) == 0 {
				f.Title = fmt.Sprintf("the domain %s has routes and no tests", p.Room)
			}
			list = append(list, f)
		}
		return list
	},
}
