package rules

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"

	"github.com/terem-go/terem/internal/structure"
)

var registered = &Rule{
	ID:    "registered",
	Title: "main registers each domain, and each domain its tables.",
	Reason: "What is not registered compiles, and its tests pass, but the application that starts has no such routes and jobs. Tables that are " +
		"not registered are not checked at the start: what is wrong with a model is found by the first request.",
	Application: func(a *Application) []Finding {
		given, all := a.registeredDomains()
		if len(given) == 0 {
			return nil
		}
		var list []Finding
		tables, known := a.registeredTables()
		for _, p := range a.Program.Packages {
			domain := registrant(p)
			if domain == nil {
				continue
			}
			id := declaration(p, domain)
			if id == nil {
				continue
			}
			if !given[domain] && (all || !a.namedOutside(p, domain)) {
				f := found(id, fmt.Sprintf("nothing registers %s.%s", p.Types.Name(), domain.Name()))
				f.WayOut = "hand it to Register of the application in main.go, or remove the folder"
				list = append(list, f)
			}
			for _, t := range a.App.Tables {
				row := a.rowType(t)
				if !known || t.Room != p.Room || row == nil || tables[row] {
					continue
				}
				f := Finding{File: t.At.File, Line: t.At.Line, Title: fmt.Sprintf("the table %s of %s is not registered", t.Name, p.Room)}
				if id := declaration(p, row); id != nil {
					f.Pos, f.End = id.Pos(), id.End()
				}
				f.WayOut = fmt.Sprintf("hand its repository to a.Tables in %s.Register", domain.Name())
				list = append(list, f)
			}
		}
		return list
	},
}

// registeredDomains returns the types that are registered, and whether these are all:
// an interface or a list may hold others. There are none in a module of domains for
// others, which has no main.
func (a *Application) registeredDomains() (given map[*types.TypeName]bool, all bool) {
	given, all = map[*types.TypeName]bool{}, true
	add := func(t types.Type) {
		if n, ok := pointedAt(t).(*types.Named); ok && !types.IsInterface(n) {
			given[n.Obj()] = true
		} else {
			given[nil], all = true, false // something is registered, whatever it is
		}
	}
	for _, c := range a.codes() {
		for _, s := range c.calls {
			switch {
			case isFunc(s.callee, library+"/app", "(App).Register"):
				for _, arg := range s.call.Args {
					add(c.pkg.Info.TypeOf(arg))
				}
			case s.callee != nil && s.callee.Signature().Recv() != nil && s.callee.Name() == "Register" && isRegistrant(s.callee.Signature().Recv().Type()):
				add(s.callee.Signature().Recv().Type())
			}
		}
	}
	return given, all
}

// registrant returns the type of a package that registers it: one with a method
// Register(*app.App). It is nil if there is none.
func registrant(p *structure.Package) *types.TypeName {
	if p.Kind != structure.KindDomain && p.Kind != structure.KindService && p.Kind != structure.KindPages {
		return nil
	}
	for _, name := range p.Types.Scope().Names() {
		if t, ok := p.Types.Scope().Lookup(name).(*types.TypeName); ok && !t.IsAlias() && !types.IsInterface(t.Type()) && isRegistrant(t.Type()) {
			return t
		}
	}
	return nil
}

func isRegistrant(t types.Type) bool {
	m, _, _ := types.LookupFieldOrMethod(t, true, nil, "Register")
	f, ok := m.(*types.Func)
	return ok && f.Signature().Params().Len() == 1 && isNamed(f.Signature().Params().At(0).Type(), library+"/app", "App")
}

// namedOutside reports whether another package names the type, or a function of its
// package that returns what can be registered.
func (a *Application) namedOutside(p *structure.Package, t *types.TypeName) bool {
	for _, other := range a.Program.Packages {
		if other == p {
			continue
		}
		for _, obj := range other.Info.Uses {
			if obj == t {
				return true
			}
			f, ok := obj.(*types.Func)
			if !ok || f.Pkg() != p.Types {
				continue
			}
			for r := range f.Signature().Results().Variables() {
				if isRegistrant(r.Type()) {
					return true
				}
			}
		}
	}
	return false
}

// registeredTables returns the types of the rows of tables that are registered, and
// whether all of them are known: a list that is put together elsewhere is not read.
func (a *Application) registeredTables() (rows map[*types.TypeName]bool, known bool) {
	rows, known = map[*types.TypeName]bool{}, true
	for _, c := range a.codes() {
		for _, s := range c.calls {
			if !isFunc(s.callee, library+"/app", "(App).Tables") {
				continue
			}
			for _, arg := range s.call.Args {
				row := rowOf(c.pkg.Info.TypeOf(arg))
				if row == nil {
					known = false
				}
				rows[row] = true
			}
		}
	}
	return rows, known
}

// rowOf returns the type of the rows of a dao.Table, or of the one that a repository
// embeds; nil if there is none.
func rowOf(t types.Type) *types.TypeName {
	n, ok := pointedAt(t).(*types.Named)
	if !ok {
		return nil
	}
	if isNamed(n, library+"/dao", "Table") && n.TypeArgs().Len() == 1 {
		row, ok := types.Unalias(n.TypeArgs().At(0)).(*types.Named)
		if !ok {
			return nil
		}
		return row.Obj()
	}
	if s, ok := n.Underlying().(*types.Struct); ok {
		for f := range s.Fields() {
			if row := rowOf(f.Type()); f.Embedded() && row != nil {
				return row
			}
		}
	}
	return nil
}

// rowType returns the type of a table's rows, or nil if it is none of the room that
// the table is in.
func (a *Application) rowType(t *structure.Table) *types.TypeName {
	pkg, name, _ := strings.Cut(t.Model, ".")
	for _, p := range a.Program.Packages {
		if p.Room == t.Room && p.Types.Name() == pkg {
			row, _ := p.Types.Scope().Lookup(name).(*types.TypeName)
			return row
		}
	}
	return nil
}

// declaration returns the name where an object of the package is declared.
func declaration(p *structure.Package, obj types.Object) *ast.Ident {
	for id, def := range p.Info.Defs {
		if def == obj {
			return id
		}
	}
	return nil
}
