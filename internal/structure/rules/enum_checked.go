package rules

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/types"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/schema"
	"github.com/terem-go/terem/internal/sqltext"
	"github.com/terem-go/terem/internal/structure"
)

var enumChecked = &Rule{
	ID:    "enum-checked",
	Title: "The database checks the values of an enum.",
	Reason: "Values come also from SQL by hand, from other programs and from older versions of this one. Where the database takes any text, the " +
		"first wrong one is found by a switch that has no case for it, long after it was written.",
	WayOut: "give the type a method Values() []string, from which terem migrate new makes the check",
	Application: func(a *Application) []Finding {
		var list []Finding
		values := a.migratedValues()
		for _, m := range a.App.Models {
			row := a.rowOf(m)
			if row == nil {
				continue
			}
			for _, c := range m.Columns {
				field := row.fields[c.Name]
				if field == nil {
					continue
				}
				if enum := row.openEnum(m, c, field); enum != "" {
					list = append(list, found(field, fmt.Sprintf("the database does not check %s.%s: its type %s has constants and no Values", m.Table, c.Name, enum)))
				}
				if len(c.Values) > 0 {
					list = append(list, values.unchecked(m, c, field)...)
				}
			}
		}
		return list
	},
}

// row is the struct of a table.
type row struct {
	*structure.Package
	fields map[string]*ast.Field // by the column
}

// rowOf returns the struct of a model, or nil if it is not written in one place.
func (a *Application) rowOf(m *dao.Model) *row {
	for _, t := range a.App.Tables {
		if t.Name != m.Table {
			continue
		}
		for _, p := range a.Program.Packages {
			if p.Room != t.Room {
				continue
			}
			name := t.Model[strings.LastIndexByte(t.Model, '.')+1:]
			r := &row{p, map[string]*ast.Field{}}
			for _, file := range p.Files {
				ast.Inspect(file, func(n ast.Node) bool {
					if spec, ok := n.(*ast.TypeSpec); ok && spec.Name.Name == name {
						if s, ok := spec.Type.(*ast.StructType); ok {
							r.read(s)
						}
					}
					return true
				})
			}
			return r
		}
	}
	return nil
}

func (r *row) read(s *ast.StructType) {
	for _, f := range s.Fields.List {
		if f.Tag == nil {
			continue
		}
		text, _ := strconv.Unquote(f.Tag.Value)
		column, _, _ := strings.Cut(reflect.StructTag(text).Get("db"), ",")
		r.fields[column] = f
	}
}

// openEnum returns the type of a column if constants say what it holds and nothing
// tells the database: a string type of the application with two constants at least,
// but without a method Values.
func (r *row) openEnum(m *dao.Model, c dao.Column, f *ast.Field) string {
	t := types.Unalias(r.Info.TypeOf(f.Type))
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	n, ok := t.(*types.Named)
	if !ok || n.Obj().Pkg() == nil || c.Check != "" || c.References != nil || len(c.Values) > 0 {
		return ""
	}
	if path := n.Obj().Pkg().Path(); path != r.Module && !strings.HasPrefix(path, r.Module+"/") {
		return ""
	}
	if b, ok := n.Underlying().(*types.Basic); !ok || b.Kind() != types.String {
		return ""
	}
	for _, check := range m.Checks {
		if strings.Contains(check.SQL, c.Name) {
			return ""
		}
	}
	scope, constants := n.Obj().Pkg().Scope(), 0
	for _, name := range scope.Names() {
		if k, ok := scope.Lookup(name).(*types.Const); ok && types.Identical(k.Type(), n) && constant.StringVal(k.Val()) != "" {
			constants++
		}
	}
	if constants < 2 {
		return ""
	}
	return n.Obj().Name()
}

// migratedValues is what migrations say of values.
type migratedValues struct {
	recorded *schema.Schema // that they lead to; without tables if that is not known
	dialects []db.Dialect
	texts    map[db.Dialect]map[string]bool // all strings
	created  map[db.Dialect]map[string]bool // all tables
}

func (a *Application) migratedValues() *migratedValues {
	v := &migratedValues{texts: map[db.Dialect]map[string]bool{}, created: map[db.Dialect]map[string]bool{}, dialects: a.dialects()}
	var err error
	if v.recorded, err = schema.ReadSnapshot(filepath.Join(a.Program.Dir, "migrations", schema.SnapshotFile)); err != nil {
		v.recorded = &schema.Schema{} // which the rule models-migrated says
	}
	for _, d := range v.dialects {
		v.texts[d], v.created[d] = map[string]bool{}, map[string]bool{}
		for _, m := range a.migrations(d) {
			for _, s := range m.steps {
				if s.what == stepCreate || s.what == stepRenamed {
					v.created[d][s.table] = true
				}
			}
			for t := range sqltext.Tokens(d, m.text) {
				if t.Kind == sqltext.String {
					v.texts[d][strings.ReplaceAll(strings.Trim(t.Text, "'"), "''", "'")] = true
				}
			}
		}
	}
	return v
}

// unchecked finds values of an enum that stand nowhere in the migrations of a
// database, so that no check can have them. What migrations do not lead to yet is
// for the rule models-migrated.
func (v *migratedValues) unchecked(m *dao.Model, c dao.Column, f *ast.Field) []Finding {
	if len(v.recorded.Tables) > 0 {
		t := v.recorded.Table(m.Table)
		if t == nil || t.Column(c.Name) == nil || !slices.Equal(t.Column(c.Name).Values, c.Values) {
			return nil
		}
	}
	var list []Finding
	for _, d := range v.dialects {
		i := slices.IndexFunc(c.Values, func(value string) bool { return !v.texts[d][value] })
		if i < 0 || !v.created[d][m.Table] {
			continue
		}
		g := found(f, fmt.Sprintf("the database does not check %s.%s: no migration of %s has the value %s", m.Table, c.Name, d, c.Values[i]))
		g.WayOut = fmt.Sprintf("write a migration that makes the check anew: CHECK (%s IN (…)) with all values", c.Name)
		list = append(list, g)
	}
	return list
}
