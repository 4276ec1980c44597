package structure

import (
	"cmp"
	"go/token"
	"path"
	"slices"
	"strings"
)

// containers are folders in which modules keep the rooms that others have at the
// top: internal/users, pkg/users.
var containers = []string{"app", "apps", "domain", "domains", "features", "internal", "modules", "pkg", "src"}

// kinds are the rooms that the name of a folder tells; all below it count as well.
var kinds = map[string]Kind{
	"services": KindService, "tasks": KindTasks, "pages": KindPages, "utils": KindUtils, "dao": KindDAO,
	"static": KindOther, "cmd": KindOther,
}

// roomOf returns the path of a package's room.
func roomOf(module, importPath string) string {
	if importPath == module {
		return "."
	}
	return strings.TrimPrefix(importPath, module+"/")
}

// classify tells what the package is for: by its place, and a domain by its files.
func (p *Package) classify() Kind {
	if p.Room == "." {
		if p.Types.Name() == "main" {
			return KindMain
		}
		return KindOther
	}
	parts := strings.Split(p.Room, "/")
	inside := false // a container
	for len(parts) > 0 && slices.Contains(containers, parts[0]) {
		parts, inside = parts[1:], true
	}
	if len(parts) == 0 {
		return KindOther
	}
	if kind, ok := kinds[parts[0]]; ok {
		return kind
	}
	if p.domain(inside) {
		return KindDomain
	}
	return KindOther
}

// domain reports whether the files are those of a domain: one is domain.go, or two
// are router, schemas, models or repository; auth.go and errors.go are in many
// folders that own nothing. At the top router.go is enough, unless it is the router of
// the whole program, in a folder of that name, or beside two files or more whose
// names say no role; in a container it is not. Files that are called as in other layouts
// count where one is a router and one a repository, or where handler.go stands beside
// service.go.
func (p *Package) domain(inside bool) bool {
	if p.Types.Name() == "main" {
		return false
	}
	seen, meant := map[Role]bool{}, map[Role]bool{}
	unnamed, handler, useCase := 0, false, false
	for _, f := range p.Files {
		role, name := p.Roles[f], p.name(f)
		if name == "domain.go" {
			return true
		}
		if !strings.Contains(name, "_") { // delete_handler.go may hear events
			handler = handler || cmp.Or(role, RoleMeant(name)) == RoleRouter
			useCase = useCase || IsUseCase(name)
		}
		meant[cmp.Or(role, RoleMeant(name))] = true
		switch role {
		case RoleRouter, RoleSchemas, RoleModels, RoleRepository:
			seen[role] = true
		case RoleNone:
			unnamed++
		}
	}
	if seen[RoleRouter] && !inside && unnamed < 2 && !isRouter(path.Base(p.Room)) {
		return true
	}
	return len(seen) >= 2 || handler && useCase || meant[RoleRouter] && meant[RoleRepository]
}

// isRouter reports whether a folder has the name of a router: all routes of a program
// are there.
func isRouter(folder string) bool {
	return RoleOf(folder) == RoleRouter || RoleMeant(folder) == RoleRouter
}

// usesDirective declares the domains that a domain uses, in the package comment of
// its domain.go: //terem:uses users orders
const usesDirective = "//terem:uses"

// Uses returns the domains that the package declares to use by //terem:uses, and
// where each is named.
func (p *Package) Uses() (domains []string, at []token.Pos) {
	for _, f := range p.Files {
		if p.Roles[f] != RoleDomain || f.Doc == nil {
			continue
		}
		for _, c := range f.Doc.List {
			text, ok := strings.CutPrefix(c.Text, usesDirective)
			if !ok || text != "" && text[0] != ' ' && text[0] != '\t' {
				continue
			}
			from := 0
			for word := range strings.FieldsSeq(text) {
				from += strings.Index(text[from:], word)
				domains = append(domains, word)
				at = append(at, c.Slash+token.Pos(len(usesDirective)+from))
				from += len(word)
			}
		}
	}
	return domains, at
}
