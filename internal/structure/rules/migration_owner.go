package rules

import (
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/structure"
)

var migrationOwner = &Rule{
	ID:    "migration-owner",
	Title: "A migration changes the tables of one domain, and every table has an owner.",
	Reason: "A migration that changes several domains cannot be reviewed by whoever owns one of them, nor be taken out with it. A table that " +
		"no domain owns is one that nobody dares to change.",
	WayOut: "write a migration for each domain; one that has been applied stays as it is: excuse it there by -- terem:ignore migration-owner REASON",
	Application: func(a *Application) []Finding {
		o := a.owners()
		if len(o.of) == 0 {
			return nil
		}
		var list []Finding
		orphans := map[string]Finding{}
		for _, d := range []db.Dialect{db.SQLite, db.Postgres} {
			files := a.migrations(d)
			for _, m := range files {
				list = append(list, o.mixed(m)...)
			}
			maps.Copy(orphans, o.orphans(files))
		}
		if len(orphans) == 0 {
			return list
		}
		named := a.words()
		for _, table := range slices.Sorted(maps.Keys(orphans)) {
			if !named[table] {
				list = append(list, orphans[table])
			}
		}
		return list
	},
}

// mixed finds the first table of each further domain in a migration, and foreign
// keys to domains that are not declared.
func (o owners) mixed(m migration) []Finding {
	var first *structure.Package
	var list []Finding
	seen := map[*structure.Package]bool{}
	for _, s := range m.steps {
		owner := o.of[s.table]
		if owner == nil || s.what == stepRefer || seen[owner] {
			continue
		}
		seen[owner] = true
		if first == nil {
			first = owner
			continue
		}
		list = append(list, Finding{File: m.file, Line: s.line,
			Title: fmt.Sprintf("this migration is about tables of %s, and about %s, which %s owns", first.Room, s.table, owner.Room)})
	}
	for _, s := range m.steps {
		owner := o.of[s.table]
		if s.what != stepRefer || owner == nil || first == nil || seen[owner] || first.Kind != structure.KindDomain ||
			owner.Kind != structure.KindDomain || o.declares(first, owner) || o.refers(first, s.table) {
			continue
		}
		seen[owner] = true
		list = append(list, Finding{File: m.file, Line: s.line,
			Title:  fmt.Sprintf("a table of %s refers to %s of %s, and %s does not declare that it uses it", first.Room, s.table, owner.Room, first.Room),
			WayOut: fmt.Sprintf("if they belong together, write %s %s at the end of the package comment in %s/domain.go", usesDirective, name(owner), first.Room)})
	}
	return list
}

// refers reports whether a model of a domain has a foreign key to the table, so that
// data-owner sees to it.
func (o owners) refers(p *structure.Package, table string) bool {
	for _, t := range o.App.Tables {
		for _, c := range t.Columns {
			if o.of[t.Name] == p && c.References == table {
				return true
			}
		}
	}
	return false
}

// orphans returns the tables that are there after all migrations, and that no model
// describes.
func (o owners) orphans(files []migration) map[string]Finding {
	there := map[string]Finding{}
	for _, m := range files {
		for _, s := range m.steps {
			switch s.what {
			case stepCreate, stepRenamed:
				there[s.table] = Finding{File: m.file, Line: s.line, Title: fmt.Sprintf("nobody owns the table %s: no model describes it, and no code names it", s.table),
					WayOut: "describe it in models.go of the domain that it belongs to, or drop it in a new migration"}
			case stepDrop:
				delete(there, s.table)
			}
		}
	}
	for _, t := range o.App.Tables {
		delete(there, t.Name)
	}
	return there
}

// words returns the words in all strings of the application, in lower case.
func (a *Application) words() map[string]bool {
	found := map[string]bool{}
	for _, p := range a.Program.Packages {
		for _, file := range p.Files {
			ast.Inspect(file, func(n ast.Node) bool {
				if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					text, _ := strconv.Unquote(lit.Value)
					for w := range strings.FieldsFuncSeq(strings.ToLower(text), notInName) {
						found[w] = true
					}
				}
				return true
			})
		}
	}
	return found
}

func notInName(r rune) bool {
	return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && r < 0x80
}
