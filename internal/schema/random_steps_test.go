package schema_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/terem-go/terem/dao"
)

// step changes a world at random.
func (w *world) step() change {
	var c change
	for range 1 + w.rnd.IntN(3) {
		if len(w.tables) < 2 {
			w.addTable()
		}
		m := w.tables[w.rnd.IntN(len(w.tables))]
		switch w.rnd.IntN(13) {
		case 0:
			w.addTable()
		case 1:
			if !w.referred(m, "") && len(w.tables) > 3 && !c.about(m.name) {
				w.tables = slices.DeleteFunc(w.tables, func(o *model) bool { return o == m })
			}
		case 2:
			w.renameTable(m, &c)
		case 3, 4:
			w.addColumn(m, &c)
		case 5:
			w.dropColumn(m, &c)
		case 6:
			w.renameColumn(m, &c)
		case 7:
			w.index(m)
		case 8:
			w.kind(m)
		case 9:
			w.check(m)
		default:
			w.changeColumn(m, &c)
		}
	}
	return c
}

// about reports whether something was renamed or filled in a table in this step
// already.
func (c *change) about(table string) bool {
	return slices.ContainsFunc(append(c.renames, c.fills...), func(s string) bool {
		return strings.HasPrefix(s, table+".") || strings.Contains(s, ":"+table) || strings.HasPrefix(s, table+":")
	})
}

func (w *world) renameTable(m *model, c *change) {
	if c.about(m.name) || m.rows == 0 {
		return
	}
	old := m.name
	m.name = w.name("t")
	for _, o := range w.tables {
		for i := range o.columns {
			if r := o.columns[i].References; r != nil && r.Table == old {
				r.Table = m.name
			}
		}
	}
	c.renames = append(c.renames, old+":"+m.name)
}

func (w *world) addColumn(m *model, c *change) {
	n := w.column(m, m.rows > 0)
	if m.rows > 0 && c.about(m.name) {
		n.Nullable = true
	}
	if m.rows > 0 && !n.Nullable && (n.Default == "" || w.rnd.IntN(3) == 0) {
		fill := defaultOf(n)
		switch {
		case fill == "" || fill == "CURRENT_TIMESTAMP":
			n.Nullable = true
		case w.rnd.IntN(3) == 0:
			fill = "coalesce(NULL, " + fill + ")"
			fallthrough
		default:
			c.fills = append(c.fills, m.name+"."+n.Name+":"+fill)
		}
	}
	m.columns = append(m.columns, n)
	if m.fresh == nil {
		m.fresh = map[string]bool{}
	}
	m.fresh[n.Name] = true
}

func (w *world) dropColumn(m *model, c *change) {
	i := w.rnd.IntN(len(m.columns))
	x := m.columns[i]
	if x.Key || w.referred(m, x.Name) || len(m.columns) < 3 || c.about(m.name) {
		return
	}
	m.columns = slices.Delete(m.columns, i, i+1)
	m.indexes = slices.DeleteFunc(m.indexes, func(i dao.Index) bool {
		return slices.Contains(i.Columns, x.Name) || slices.Contains(i.Columns, "-"+x.Name)
	})
	m.checks = slices.DeleteFunc(m.checks, func(s string) bool { return s == x.Name })
}

func (w *world) renameColumn(m *model, c *change) {
	x := &m.columns[w.rnd.IntN(len(m.columns))]
	if c.about(m.name) || m.rows == 0 || m.fresh[x.Name] {
		return
	}
	old, name := x.Name, w.name("c")
	for _, o := range w.tables {
		for i := range o.columns {
			if r := o.columns[i].References; r != nil && r.Table == m.name && r.Column == old {
				r.Column = name
			}
		}
	}
	x.Name = name
	x.Check = strings.ReplaceAll(x.Check, quoted(old), quoted(name))
	for i := range m.indexes {
		for j, s := range m.indexes[i].Columns {
			if strings.TrimPrefix(s, "-") == old {
				m.indexes[i].Columns[j] = strings.TrimSuffix(s, old) + name
			}
		}
		m.indexes[i].Where = strings.ReplaceAll(m.indexes[i].Where, quoted(old), quoted(name))
	}
	for i := range m.checks {
		if m.checks[i] == old {
			m.checks[i] = name
		}
	}
	c.renames = append(c.renames, m.name+"."+old+":"+m.name+"."+name)
}

// kind changes the kind of a column to one that takes its values.
func (w *world) kind(m *model) {
	x := &m.columns[w.rnd.IntN(len(m.columns))]
	if x.References != nil || w.referred(m, x.Name) || x.Default != "" || len(x.Values) > 0 {
		return
	}
	to := map[dao.Kind][]dao.Kind{
		"int8": {"int16", "int32"}, "int16": {"int32", "int64", "float64"}, "int32": {"int64", "string"}, "int64": {"uint64", "int32", "string", dao.KindDecimal},
		"float32": {"float64"}, dao.KindDate: {"string"}, dao.KindUUID: {"string"}, dao.KindDecimal: {"string"}, dao.KindJSON: {"string"}, "string": {dao.KindCustom}, dao.KindCustom: {"string"},
	}[x.Kind]
	if len(to) == 0 {
		return
	}
	kind := to[w.rnd.IntN(len(to))]
	if x.Key && kind != "int64" && kind != "int32" {
		return
	}
	if !kind.Integer() && !x.Kind.Integer() || kind == "string" || kind == dao.KindDecimal || kind == "float64" {
		x.Check = ""
		m.checks = slices.DeleteFunc(m.checks, func(s string) bool { return s == x.Name })
	}
	x.Kind, x.Size, x.Precision, x.Scale = kind, 0, 0, 0
	if kind == dao.KindDecimal {
		x.Precision, x.Scale = 14, 2
	}
}

func (w *world) check(m *model) {
	if len(m.checks) > 0 && w.rnd.IntN(2) == 0 {
		m.checks = m.checks[1:]
		return
	}
	x := m.columns[w.rnd.IntN(len(m.columns))]
	if x.Kind.Integer() && !slices.Contains(m.checks, x.Name) && !slices.ContainsFunc(m.columns, func(c column) bool { return c.Name == x.Name+"_rule" }) {
		m.checks = append(m.checks, x.Name)
	}
}

// changeColumn changes one property of a column.
func (w *world) changeColumn(m *model, c *change) {
	x := &m.columns[w.rnd.IntN(len(m.columns))]
	where := m.name + "." + x.Name
	switch w.rnd.IntN(7) {
	case 0:
		if !x.same && !x.Key && !w.referred(m, x.Name) && x.Kind != dao.KindJSON {
			x.Unique = !x.Unique
		}
	case 1:
		x.Index = !x.Index && x.Kind != dao.KindJSON
	case 2:
		if x.Nullable && x.References == nil && !c.about(m.name) && m.rows > 0 && !x.Unique && !m.fresh[x.Name] {
			if fill := defaultOf(*x); fill != "" && fill != "CURRENT_TIMESTAMP" {
				for i, o := range m.indexes { // may become equal
					m.indexes[i].Unique = o.Unique && !slices.Contains(o.Columns, x.Name) && !slices.Contains(o.Columns, "-"+x.Name)
				}
				m.indexes = slices.CompactFunc(m.indexes, func(a, b dao.Index) bool { return slices.Equal(a.Columns, b.Columns) })
				if x.Default == "" {
					c.fills = append(c.fills, fmt.Sprintf("%s:%s", where, fill))
				}
				x.Nullable, x.same = false, true
			}
		}
	case 3:
		if !x.Key {
			x.Nullable = x.Nullable || x.References == nil
		}
	case 4:
		if x.References == nil && !x.Key {
			if x.Default == "" {
				x.Default = defaultOf(*x)
			} else {
				x.Default = ""
			}
		}
	case 5:
		if x.References != nil {
			if x.onDelete(); w.rnd.IntN(2) == 0 {
				x.References = nil
			}
		} else if x.Kind == "string" && len(x.Values) == 0 && !x.Key {
			x.Size = (x.Size + 40) % 120 // a UUID fits
		}
	default:
		if len(x.Values) == 3 {
			x.Values = append(x.Values[:2:2], "c", "d")
		} else if len(x.Values) > 0 {
			x.Values = x.Values[:2:2]
		}
	}
}

// onDelete changes what happens to a row when the other one is deleted.
func (x *column) onDelete() {
	if x.References.OnDelete == "cascade" {
		x.References.OnDelete = "restrict"
	} else {
		x.References.OnDelete = "cascade"
	}
}
