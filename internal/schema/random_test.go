package schema_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/schema"
)

// world is a set of models that changes at random, in such a way that rows that
// are valid stay valid.
type world struct {
	rnd    *rand.Rand
	tables []*model
	names  int // given so far
	hard   int // words used so far
}

type model struct {
	name    string
	columns []column
	indexes []dao.Index
	checks  []string        // columns that are not negative or something else is
	rows    int             // inserted so far
	fresh   map[string]bool // columns of this step
}

type column struct {
	dao.Column
	same bool // rows may have the same value
}

// change is what became of a world.
type change struct{ renames, fills []string }

// words are names that are hard: keywords, and a long one.
var words = []string{"order", "select", "values", "end", "default", strings.Repeat("long_", 11) + "name", "check", "window", "index"}

func (w *world) name(prefix string) string {
	w.names++
	if w.rnd.IntN(8) == 0 && w.hard < len(words) {
		w.hard++
		return words[w.hard-1]
	}
	return fmt.Sprintf("%s%d", prefix, w.names)
}

// clone returns a copy that can change.
func (w *world) clone() *world {
	c := &world{rnd: w.rnd, names: w.names, hard: w.hard}
	for _, m := range w.tables {
		n := *m
		n.columns = slices.Clone(m.columns)
		n.checks = slices.Clone(m.checks)
		n.indexes = slices.Clone(m.indexes)
		for i := range n.columns {
			if r := n.columns[i].References; r != nil {
				copied := *r
				n.columns[i].References = &copied
			}
		}
		for i := range n.indexes {
			n.indexes[i].Columns = slices.Clone(n.indexes[i].Columns)
		}
		c.tables = append(c.tables, &n)
	}
	return c
}

func (w *world) schema() (*schema.Schema, error) {
	var models []*dao.Model
	for _, m := range w.tables {
		var columns []dao.Column
		for _, c := range m.columns {
			columns = append(columns, c.Column)
		}
		d, err := dao.NewModel(m.name, "test."+m.name, columns, func(d *dao.Def) {
			for _, i := range m.indexes {
				def := d.Index
				if i.Unique {
					def = d.Unique
				}
				def(slices.Clone(i.Columns)...).Where(i.Where)
			}
			for _, c := range m.checks {
				d.Check(c+"_rule", quoted(c)+" >= 0 OR 1 = 1")
			}
		})
		if err != nil {
			return nil, err
		}
		models = append(models, d)
	}
	return schema.From(models)
}

func quoted(name string) string { return `"` + name + `"` }

var kinds = []dao.Kind{"bool", "int8", "int16", "int32", "int64", "uint32", "float32", "float64", "string", dao.KindBytes, dao.KindTime, dao.KindDate, dao.KindUUID, dao.KindJSON, dao.KindDecimal, dao.KindCustom}

// column returns a new column for a table that has rows or not.
func (w *world) column(m *model, rows bool) column {
	c := column{Column: dao.Column{Name: w.name("c"), Field: "F", Kind: kinds[w.rnd.IntN(len(kinds))], Nullable: w.rnd.IntN(3) == 0}}
	some := func() bool { return w.rnd.IntN(3) == 0 }
	switch c.Kind {
	case "string":
		if some() {
			c.Values, c.same = []string{"a", "b", "it's"}, true
		} else if some() {
			c.Size = 40 + w.rnd.IntN(40)
		}
		if some() {
			c.Check = quoted(c.Name) + " <> 'no'"
		}
	case dao.KindBytes:
		if some() {
			c.Size = 40
		}
	case dao.KindDecimal:
		c.Precision, c.Scale = 12, 2
		if some() {
			c.Check = quoted(c.Name) + " >= 0"
		}
	case "int64", "int32":
		if some() {
			c.Check = quoted(c.Name) + " >= 0"
		}
	case "bool":
		c.same = true
	}
	if some() {
		c.Default = defaultOf(c)
	}
	if rows && !c.Nullable {
		c.same = true
	}
	if rows && c.Default != "" {
		c.same = true
	}
	if t := w.target(m); t != nil && some() && len(t.key()) == 1 {
		k := t.key()[0]
		for _, u := range t.columns {
			if u.Unique && !u.Nullable && w.rnd.IntN(2) == 0 {
				k = u.Column
			}
		}
		c = column{Column: dao.Column{Name: c.Name, Field: "F", Kind: k.Kind, Size: k.Size, Precision: k.Precision, Scale: k.Scale, Nullable: true, References: &dao.Reference{Table: t.name, Column: k.Name, OnDelete: []string{"restrict", "cascade", "null"}[w.rnd.IntN(3)]}}, same: true}
		if !rows && t != m && some() && c.References.OnDelete != "null" {
			c.Nullable = false
		}
	}
	if !c.same && c.Kind != dao.KindJSON && some() {
		c.Unique = true
	}
	c.Index = c.Kind != dao.KindJSON && some()
	return c
}

// target returns a table that another one may refer to: itself, or an older one.
func (w *world) target(m *model) *model {
	i := slices.Index(w.tables, m)
	if i < 0 {
		i = len(w.tables) - 1
	}
	if i < 0 {
		return nil
	}
	return w.tables[w.rnd.IntN(i+1)]
}

func (m *model) key() (key []dao.Column) {
	for _, c := range m.columns {
		if c.Key {
			key = append(key, c.Column)
		}
	}
	return key
}

func defaultOf(c column) string {
	switch {
	case len(c.Values) > 0:
		return "'a'"
	case c.Kind.Integer(), c.Kind == "float32", c.Kind == "float64":
		return "7"
	case c.Kind == "bool":
		return "FALSE"
	case c.Kind == "string", c.Kind == dao.KindCustom:
		return "'some text'"
	case c.Kind == dao.KindTime:
		return "CURRENT_TIMESTAMP"
	case c.Kind == dao.KindDate:
		return "'2026-01-31'"
	case c.Kind == dao.KindDecimal:
		return "1.5"
	case c.Kind == dao.KindUUID:
		return "'6ba7b810-9dad-11d1-80b4-00c04fd430c8'"
	case c.Kind == dao.KindJSON:
		return "'[]'"
	}
	return ""
}

func (w *world) addTable() {
	m := &model{name: w.name("t")}
	id := dao.Column{Name: "id", Field: "F", Key: true, Kind: []dao.Kind{"int64", "int64", "int32", dao.KindUUID, "string"}[w.rnd.IntN(5)]}
	m.columns = append(m.columns, column{Column: id})
	if w.rnd.IntN(5) == 0 {
		m.columns = append(m.columns, column{Column: dao.Column{Name: "second", Field: "F", Key: true, Kind: "string"}})
	}
	w.tables = append(w.tables, m)
	for range 1 + w.rnd.IntN(5) {
		m.columns = append(m.columns, w.column(m, false))
	}
	w.index(m)
}

// index adds an index of several columns, or changes the last one.
func (w *world) index(m *model) {
	if len(m.indexes) > 0 && w.rnd.IntN(2) == 0 {
		m.indexes = m.indexes[1:]
		return
	}
	var names []string
	unique := false
	for _, c := range m.columns {
		if c.Kind != dao.KindJSON && w.rnd.IntN(2) == 0 && len(names) < 3 {
			names = append(names, []string{"", "", "-"}[w.rnd.IntN(3)]+c.Name)
			unique = unique || !c.same && !c.Nullable
		}
	}
	i := dao.Index{Columns: names, Unique: unique && w.rnd.IntN(2) == 0}
	if len(names) < 2 {
		return
	}
	i.Name = dao.IndexName(m.name, i.Unique, names)
	if w.rnd.IntN(3) == 0 {
		i.Where = quoted(strings.TrimPrefix(names[0], "-")) + " IS NOT NULL"
	}
	if !slices.ContainsFunc(m.indexes, func(o dao.Index) bool { return dao.IndexName(m.name, o.Unique, o.Columns) == i.Name }) {
		m.indexes = append(m.indexes, i)
	}
}

// referred reports whether a table, or a column of it, is referred to.
func (w *world) referred(m *model, column string) bool {
	for _, o := range w.tables {
		for _, c := range o.columns {
			if r := c.References; r != nil && r.Table == m.name && (column == "" && o != m || r.Column == column) {
				return true
			}
		}
	}
	return false
}

// value returns a value for the n-th row as SQL.
func value(d db.Dialect, c column, n int) string {
	switch {
	case len(c.Values) > 0:
		return "'" + []string{"a", "b"}[n%2] + "'"
	case c.Kind == "bool":
		return []string{"TRUE", "FALSE"}[n%2]
	case c.Kind.Integer():
		return fmt.Sprint(n)
	case c.Kind == "float32", c.Kind == "float64":
		return fmt.Sprintf("%d.5", n)
	case c.Kind == dao.KindBytes && d == db.SQLite:
		return fmt.Sprintf("x'ff%04x'", n)
	case c.Kind == dao.KindBytes:
		return fmt.Sprintf(`'\xff%04x'`, n)
	case c.Kind == dao.KindTime:
		return fmt.Sprintf("'2026-01-02 03:04:%02d.%06d'", n%60, n)
	case c.Kind == dao.KindDate:
		return fmt.Sprintf("'%04d-01-31'", 1+n)
	case c.Kind == dao.KindUUID:
		return fmt.Sprintf("'6ba7b810-9dad-11d1-80b4-%012d'", n)
	case c.Kind == dao.KindJSON:
		return fmt.Sprintf(`'{"n": %d}'`, n)
	case c.Kind == dao.KindDecimal:
		return fmt.Sprintf("'%d.25'", n)
	}
	return fmt.Sprintf("'v%d'", n)
}
