package schema

import (
	"slices"
	"strings"

	"github.com/terem-go/terem/db"
)

// pgChange writes what leads from one schema to another on PostgreSQL.
type pgChange struct {
	script
	from, to *Schema // under the new names
	fill     fills
	down     bool     // values that are gone are made up
	later    []func() // makes references of new tables
	nullable []func() // takes NOT NULL from columns, when they are no part of the key any more
}

// change returns the statements from one physical schema to another.
func (p *pgChange) change(from *Schema, r renames) script {
	p.rename(r)
	p.from = r.apply(from)
	p.renameObjects()
	p.eachTable(p.dropRefs)
	p.dropTables()
	p.eachTable(p.dropObjects)
	p.createTables()
	p.eachTable(p.columns)
	p.eachTable(p.key)
	p.eachTable(p.addIndexes)
	p.eachTable(p.addConstraints)
	for _, add := range p.later {
		add()
	}
	return p.script
}

// eachTable calls f for the tables that were there and stay.
func (p *pgChange) eachTable(f func(a, b *Table)) {
	for i := range p.to.Tables {
		b := &p.to.Tables[i]
		if a := p.from.Table(b.Name); a != nil {
			f(a, b)
		}
	}
}

func (p *pgChange) rename(r renames) {
	for _, t := range r.tables {
		p.add("ALTER TABLE %s RENAME TO %s", quote(t.old), quote(t.new))
		p.add("ALTER INDEX IF EXISTS %s RENAME TO %s", quote(keyName(t.old)), quote(keyName(t.new)))
	}
	for _, c := range r.columns {
		p.add("ALTER TABLE %s RENAME COLUMN %s TO %s", quote(c.table), quote(c.old), quote(c.new))
	}
}

// keyName is what PostgreSQL calls the primary key of a table.
func keyName(table string) string { return table[:min(len(table), 58)] + "_pkey" }

// renameObjects gives indexes and constraints that stay the names that the
// models give them now.
func (p *pgChange) renameObjects() {
	p.eachTable(func(a, b *Table) {
		for i := range a.Indexes {
			x := &a.Indexes[i]
			if y := p.keptIndex(a, b, *x); y != nil && y.Name != x.Name && !a.has(y.Name) {
				p.add("ALTER INDEX %s RENAME TO %s", quote(x.Name), quote(y.Name))
				x.Name = y.Name
			}
		}
		constraint := func(old *string, new string) {
			if *old != new && !a.has(new) {
				p.add("ALTER TABLE %s RENAME CONSTRAINT %s TO %s", quote(b.Name), quote(*old), quote(new))
				*old = new
			}
		}
		for i := range a.Checks {
			if y := p.keptCheck(a, b, a.Checks[i]); y != nil {
				constraint(&a.Checks[i].Name, y.Name)
			}
		}
		for i := range a.Refs {
			if y := p.keptRef(a, b, a.Refs[i]); y != nil {
				constraint(&a.Refs[i].Name, y.Name)
			}
		}
	})
}

// has reports whether an index or a constraint of the table has a name.
func (t *Table) has(name string) bool {
	return slices.ContainsFunc(t.Indexes, func(i Index) bool { return i.Name == name }) ||
		slices.ContainsFunc(t.Checks, func(c Check) bool { return c.Name == name }) ||
		slices.ContainsFunc(t.Refs, func(r Ref) bool { return r.Name == name })
}

// changes reports whether a column's type becomes another one, for which its
// indexes and constraints are made again.
func changes(a, b *Table, column string) bool {
	x, y := a.Column(column), b.Column(column)
	return x != nil && y != nil && family(*x) != family(*y)
}

// keptIndex returns what an index becomes, or nil if it is dropped.
func (p *pgChange) keptIndex(a, b *Table, x Index) *Index {
	for _, c := range a.Columns {
		named := slices.ContainsFunc(x.Columns, func(n string) bool { return strings.TrimPrefix(n, "-") == c.Name })
		if (named || mentions(x.Where, c.Name)) && changes(a, b, c.Name) {
			return nil
		}
	}
	i := slices.IndexFunc(b.Indexes, func(y Index) bool {
		return y.Unique == x.Unique && y.Where == x.Where && slices.Equal(x.Columns, y.Columns)
	})
	if i < 0 {
		return nil
	}
	return &b.Indexes[i]
}

// keptCheck returns what a check becomes, or nil if it is dropped.
func (p *pgChange) keptCheck(a, b *Table, x Check) *Check {
	for _, c := range a.Columns {
		if mentions(x.SQL, c.Name) && changes(a, b, c.Name) {
			return nil
		}
	}
	i := slices.IndexFunc(b.Checks, func(y Check) bool { return y.SQL == x.SQL })
	if i < 0 {
		return nil
	}
	return &b.Checks[i]
}

// keptRef returns what a reference becomes, or nil if it is dropped.
func (p *pgChange) keptRef(a, b *Table, x Ref) *Ref {
	y := b.ref(x.Column)
	before, after := p.from.Table(x.Table), p.to.Table(x.Table)
	if y == nil || y.Table != x.Table || y.To != x.To || y.OnDelete != x.OnDelete || before == nil || after == nil ||
		changes(before, after, x.To) { // and with it the column that refers to it
		return nil
	}
	for _, i := range before.Indexes { // the one that it rests on
		if i.Unique && slices.Equal(i.Columns, []string{x.To}) && p.keptIndex(before, after, i) == nil {
			return nil
		}
	}
	return y
}

func (p *pgChange) dropRefs(a, b *Table) {
	for _, r := range a.Refs {
		if y := p.keptRef(a, b, r); y == nil || y.Name != r.Name {
			p.dropConstraint(b, r.Name)
		}
	}
}

// dropObjects drops checks, and indexes that nothing rests on any more.
func (p *pgChange) dropObjects(a, b *Table) {
	for _, c := range a.Checks {
		if y := p.keptCheck(a, b, c); y == nil || y.Name != c.Name {
			p.dropConstraint(b, c.Name)
		}
	}
	for _, i := range a.Indexes {
		if y := p.keptIndex(a, b, i); y == nil || y.Name != i.Name {
			p.add("DROP INDEX %s", quote(i.Name))
		}
	}
}

func (p *pgChange) dropConstraint(t *Table, name string) {
	p.add("ALTER TABLE %s DROP CONSTRAINT %s", quote(t.Name), quote(name))
}

// dropTables drops those that refer to others before these, and at once those
// that refer to each other.
func (p *pgChange) dropTables() {
	var gone []*Table
	for i := range p.from.Tables {
		if t := &p.from.Tables[i]; p.to.Table(t.Name) == nil {
			gone = append(gone, t)
		}
	}
	gone = byReference(gone)
	slices.Reverse(gone)
	for i, t := range gone {
		for _, later := range gone[i+1:] {
			for _, r := range later.Refs {
				if r.Table == t.Name {
					p.dropConstraint(later, r.Name)
				}
			}
		}
	}
	for _, t := range gone {
		p.dropTable(t)
	}
}

func (s *script) dropTable(t *Table) {
	s.add("DROP TABLE %s", quote(t.Name))
	s.note("The rows of %s are lost.", t.Name)
}

func (p *pgChange) createTables() {
	var fresh []*Table
	for i := range p.to.Tables {
		if t := &p.to.Tables[i]; p.from.Table(t.Name) == nil {
			fresh = append(fresh, t)
		}
	}
	made := map[string]bool{}
	for _, t := range byReference(fresh) {
		p.create(db.Postgres, t, func(r Ref) bool {
			there := made[r.Table] || r.Table == t.Name && slices.Equal(t.Key, []string{r.To})
			if old := p.from.Table(r.Table); old != nil { // and has, before this migration, what it rests on
				there = old.identifies(r.To) && !changes(old, p.to.Table(r.Table), r.To)
			}
			if !there {
				p.later = append(p.later, func() { p.addRef(t, r) })
			}
			return !there
		})
		made[t.Name] = true
	}
}
