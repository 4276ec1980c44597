package domain

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strings"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/internal/change"
	"github.com/terem-go/terem/internal/scaffold/migration"
	"github.com/terem-go/terem/internal/schema"
)

// RemoveOptions say how a domain is removed.
type RemoveOptions struct {
	Name  string
	Drop  bool // write a migration that drops the table, also where that of the domain could be deleted
	Force bool // files that were changed by hand since go, too
}

// Removed says what becomes of the domain's table.
type Removed struct {
	Deleted []string // the migrations that are deleted
	Dropped []string // the migrations that are new, and drop the table
}

// Remove takes a domain out of an application by a set of changes. What depends on
// it is an error that names the places.
func Remove(s *change.Set, o RemoveOptions) (*Removed, error) {
	table := o.Name
	e := s.Manifest().Entry(verb, table)
	for _, other := range s.Manifest().Entries {
		if e == nil && other.Verb == verb && strings.ReplaceAll(other.Name, "_", "") == o.Name {
			table = other.Name
			e = s.Manifest().Entry(verb, table)
		}
	}
	if e == nil {
		return nil, fmt.Errorf("terem add has written no domain %s, as %s has it. Remove others by hand: the folder, its lines in main.go, and then terem migrate new NAME --allow-drop", o.Name, change.ManifestPath)
	}
	f, err := schema.Open(s.Dir())
	if err != nil {
		return nil, err
	}
	models, err := f.Current()
	if err != nil {
		return nil, err
	}
	if err := references(models, table); err != nil {
		return nil, err
	}
	r, undo := &Removed{}, *e
	var migrations []string
	migrations, undo.Created = migration.Split(absorb(s, *e))
	if !o.Drop && migration.Deletable(s, migrations) {
		r.Deleted = migrations
		undo.Created = append(undo.Created, migrations...)
	}
	s.Undo(undo, o.Force)
	s.Unrequire()
	if err := errors.Join(s.Err(), dependants(s, strings.ReplaceAll(table, "_", ""))); err != nil {
		return nil, err
	}
	if r.Deleted != nil {
		return r, migration.Record(s, f)
	}
	plan, err := migration.Add(s, f, "drop_"+table, schema.Options{AllowDrop: true})
	if err != nil {
		return nil, err
	}
	for _, f := range plan.Files {
		r.Dropped = append(r.Dropped, f.Path)
	}
	return r, nil
}

// dependants reports where the application still uses a domain.
func dependants(s *change.Set, pkg string) error {
	fset := token.NewFileSet()
	importPath := path.Join(s.Manifest().Answers.Module, pkg)
	var places []string
	err := s.EachGo(func(p string, text []byte) error {
		if path.Dir(p) == pkg || !strings.Contains(string(text), pkg) {
			return nil
		}
		file, err := parser.ParseFile(fset, p, text, parser.SkipObjectResolution)
		if err != nil {
			return fmt.Errorf("%w. Mend it first", err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ImportSpec:
				if n.Path.Value == fmt.Sprintf("%q", importPath) {
					places = append(places, fmt.Sprintf("%s:%d imports it", p, fset.Position(n.Pos()).Line))
				}
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && path.Dir(p) == "." && x.Name == "d" && n.Sel.Name == pkg {
					places = append(places, fmt.Sprintf("%s:%d uses d.%s", p, fset.Position(n.Pos()).Line, pkg))
				}
			}
			return true
		})
		return nil
	})
	if err == nil && places != nil {
		err = fmt.Errorf("the application needs the domain %s: %s. Take that out first", pkg, strings.Join(places, ", "))
	}
	return err
}

// absorb returns what a domain's entry has created, and what was created by later
// entries that did nothing outside of the domain's folder but migrations, such as
// those of fields: they go with it.
func absorb(s *change.Set, e change.Entry) []string {
	created := slices.Clone(e.Created)
	folder := strings.ReplaceAll(e.Name, "_", "") + "/"
	for _, other := range s.Manifest().Upon(e) {
		_, files := migration.Split(other.Created)
		outside := slices.ContainsFunc(files, func(p string) bool { return !strings.HasPrefix(p, folder) }) ||
			slices.ContainsFunc(other.Edited, func(ed change.Edited) bool { return !slices.Contains(e.Created, ed.Path) })
		if !outside {
			created = append(created, other.Created...)
			s.Manifest().Entry(other.Verb, other.Name).Created = nil
		}
	}
	return created
}

// references are the columns of other tables that refer to one.
func references(models []*dao.Model, table string) error {
	var places []string
	for _, m := range models {
		for _, c := range m.Columns {
			if c.References != nil && c.References.Table == table && m.Table != table {
				places = append(places, fmt.Sprintf("%s.%s (%s.%s)", m.Type, c.Field, m.Table, c.Name))
			}
		}
	}
	if places == nil {
		return nil
	}
	return fmt.Errorf("rows of other tables refer to %s: %s. Remove these columns first", table, strings.Join(places, ", "))
}
