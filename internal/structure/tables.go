package structure

import (
	"go/constant"
	"slices"
	"strings"

	"github.com/terem-go/terem/dao"
)

// readTables notes the tables: what models tells of them, and where their types
// are.
func (r *reader) readTables(models []*dao.Model, problem error) {
	rooms := map[string]*Table{}
	for _, s := range r.sites["dao.Of"] {
		args := typeArgs(s.pkg, bare(s.call.Fun))
		if len(args) != 1 || len(s.call.Args) != 1 {
			continue
		}
		row := namedOf(args[0])
		name := s.pkg.Info.Types[s.call.Args[0]].Value
		if row == nil || name == nil || name.Kind() != constant.String {
			continue // which is in problem
		}
		table, key := constant.StringVal(name), typeKey(args[0])
		if !slices.Contains(r.tables[key], table) {
			r.tables[key] = append(r.tables[key], table)
		}
		pkg := r.Package(row.Obj().Pkg().Path())
		at := s.pkg.Place(s.call.Pos())
		if pkg != nil {
			at = pkg.Place(row.Obj().Pos())
		} else {
			pkg = s.pkg
		}
		if rooms[table] == nil {
			rooms[table] = &Table{Name: table, Model: typeName(args[0]), Room: pkg.Room, At: at}
		}
	}
	for _, m := range models {
		t := rooms[m.Table]
		if t == nil {
			continue
		}
		for _, c := range m.Columns {
			column := &Column{Name: c.Name, Type: c.Type, Null: c.Nullable, Key: c.Key, Unique: c.Unique}
			if c.References != nil {
				column.References = c.References.Table
			}
			t.Columns = append(t.Columns, column)
		}
		r.app.Tables = append(r.app.Tables, t)
	}
	slices.SortFunc(r.app.Tables, func(a, b *Table) int { return strings.Compare(a.Name, b.Name) })
	if problem == nil {
		r.app.Models = models
	} else {
		for _, err := range flat(problem) {
			r.app.Missing = append(r.app.Missing, err.Error())
		}
	}
}

// flat returns the errors that errors.Join has joined.
func flat(err error) (list []error) {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	for _, e := range joined.Unwrap() {
		list = append(list, flat(e)...)
	}
	return list
}
