package schema

import (
	"fmt"
	"slices"
	"strings"
)

// renames are what has another name than before. The old name of a column's
// table does not matter: tables are renamed first.
type renames struct {
	tables  []tableRename
	columns []columnRename
}

type tableRename struct{ old, new string }

type columnRename struct{ table, old, new string } // table is its new name

// parseRenames reads users:accounts and users.name:users.full_name.
func parseRenames(args []string, from, to *Schema) (r renames, err error) {
	for _, arg := range args {
		if !strings.Contains(arg, ".") {
			if err := r.addTable(arg, from, to); err != nil {
				return r, err
			}
		}
	}
	for _, arg := range args {
		if strings.Contains(arg, ".") {
			if err := r.addColumn(arg, from, to); err != nil {
				return r, err
			}
		}
	}
	return r, nil
}

func (r *renames) addTable(arg string, from, to *Schema) error {
	old, new, ok := strings.Cut(arg, ":")
	switch {
	case !ok || old == "" || new == "":
		return fmt.Errorf("--rename %s is not of the form users:accounts or users.name:users.full_name", arg)
	case from.Table(old) == nil:
		return fmt.Errorf("--rename %s: there was no table %s", arg, old)
	case to.Table(new) == nil:
		return fmt.Errorf("--rename %s: no model describes the table %s", arg, new)
	case to.Table(old) != nil || from.Table(new) != nil || r.newTable(old) != old || r.oldTable(new) != new:
		return fmt.Errorf("--rename %s: both tables are there before or after it; rename in two migrations", arg)
	}
	r.tables = append(r.tables, tableRename{old, new})
	return nil
}

func (r *renames) addColumn(arg string, from, to *Schema) error {
	left, right, _ := strings.Cut(arg, ":")
	oldTable, old, ok := strings.Cut(left, ".")
	newTable, new, ok2 := strings.Cut(right, ".")
	if !ok || !ok2 || old == "" || new == "" {
		return fmt.Errorf("--rename %s is not of the form users:accounts or users.name:users.full_name", arg)
	}
	a, b := from.Table(oldTable), to.Table(newTable)
	switch {
	case a == nil || a.Column(old) == nil:
		return fmt.Errorf("--rename %s: there was no column %s", arg, left)
	case b == nil || b.Column(new) == nil:
		return fmt.Errorf("--rename %s: no model describes the column %s", arg, right)
	case r.newTable(oldTable) != newTable:
		return fmt.Errorf("--rename %s: a column stays in its table; if %s was renamed, say that too: --rename %s:%s", arg, oldTable, oldTable, newTable)
	case b.Column(old) != nil || a.Column(new) != nil || slices.ContainsFunc(r.columns, func(c columnRename) bool { return c.table == newTable && (c.old == old || c.new == new) }):
		return fmt.Errorf("--rename %s: both columns are there before or after it; rename in two migrations", arg)
	}
	r.columns = append(r.columns, columnRename{newTable, old, new})
	return nil
}

// newTable returns what a table is called now.
func (r *renames) newTable(old string) string {
	for _, t := range r.tables {
		if t.old == old {
			return t.new
		}
	}
	return old
}

func (r *renames) oldTable(new string) string {
	for _, t := range r.tables {
		if t.new == new {
			return t.old
		}
	}
	return new
}

// inverse returns the renames that take these back.
func (r *renames) inverse() renames {
	var back renames
	for _, t := range r.tables {
		back.tables = append(back.tables, tableRename{t.new, t.old})
	}
	for _, c := range r.columns {
		back.columns = append(back.columns, columnRename{r.oldTable(c.table), c.new, c.old})
	}
	return back
}

// apply returns the schema under the new names, as a database makes it: indexes
// and constraints keep their names.
func (r *renames) apply(s *Schema) *Schema {
	out := s.clone()
	for i := range out.Tables {
		t := &out.Tables[i]
		t.Name = r.newTable(t.Name)
		for j := range t.Refs {
			t.Refs[j].Table = r.newTable(t.Refs[j].Table)
		}
	}
	for _, c := range r.columns {
		for i := range out.Tables {
			t := &out.Tables[i]
			for j := range t.Refs {
				if x := &t.Refs[j]; x.Table == c.table && x.To == c.old {
					x.To = c.new
				}
			}
			if t.Name == c.table {
				t.renameColumn(c.old, c.new)
			}
		}
	}
	return out
}

func (t *Table) renameColumn(old, new string) {
	in := func(list []string) {
		for i, c := range list {
			if strings.TrimPrefix(c, "-") == old {
				list[i] = strings.TrimSuffix(c, old) + new
			}
		}
	}
	sql := func(text string) string {
		return eachName(text, func(name, as string) string {
			if name == old {
				return quote(new)
			}
			return as
		})
	}
	t.Column(old).Name = new
	in(t.Key)
	for i := range t.Indexes {
		in(t.Indexes[i].Columns)
		t.Indexes[i].Where = sql(t.Indexes[i].Where)
	}
	for i := range t.Checks {
		c := &t.Checks[i]
		c.SQL = sql(c.SQL)
		if c.Column == old {
			c.Column = new
		}
	}
	for i := range t.Refs {
		if t.Refs[i].Column == old {
			t.Refs[i].Column = new
		}
	}
}

func (s *Schema) clone() *Schema {
	out := &Schema{slices.Clone(s.Tables)}
	for i := range out.Tables {
		t := &out.Tables[i]
		t.Columns, t.Key, t.Checks, t.Refs, t.Indexes = slices.Clone(t.Columns), slices.Clone(t.Key), slices.Clone(t.Checks), slices.Clone(t.Refs), slices.Clone(t.Indexes)
		for j := range t.Indexes {
			t.Indexes[j].Columns = slices.Clone(t.Indexes[j].Columns)
		}
	}
	return out
}
