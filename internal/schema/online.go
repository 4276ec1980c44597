package schema

import (
	"slices"

	"github.com/terem-go/terem/dao"
)

// What reads every row of a table that is in use, and would lock it meanwhile, is
// done on PostgreSQL in a file of its own without a transaction: indexes are
// built and constraints checked beside running writes.

// before returns the schema that the first file leads to: to without what takes
// long on tables that were there.
func (p *pgChange) before(from *Schema) *Schema {
	p.from = from
	early := p.to.clone()
	for i := range early.Tables {
		b := &early.Tables[i]
		a := from.Table(b.Name)
		if a == nil {
			continue
		}
		full := p.to.Table(b.Name)
		b.Indexes = slices.DeleteFunc(b.Indexes, func(y Index) bool {
			return !slices.ContainsFunc(a.Indexes, func(x Index) bool { k := p.keptIndex(a, full, x); return k != nil && k.Name == y.Name })
		})
		b.Checks = slices.DeleteFunc(b.Checks, func(y Check) bool {
			return !slices.ContainsFunc(a.Checks, func(x Check) bool { k := p.keptCheck(a, full, x); return k != nil && k.Name == y.Name })
		})
		b.Refs = slices.DeleteFunc(b.Refs, func(y Ref) bool {
			return !slices.ContainsFunc(a.Refs, func(x Ref) bool { k := p.keptRef(a, full, x); return k != nil && k.Name == y.Name })
		})
		for j := range b.Columns {
			c := &b.Columns[j]
			if old := a.Column(c.Name); old != nil && old.Nullable && !slices.Contains(b.Key, c.Name) {
				c.Nullable = true
			}
		}
	}
	for i := range early.Tables { // a reference rests on a unique index
		t := &early.Tables[i]
		t.Refs = slices.DeleteFunc(t.Refs, func(r Ref) bool { return !early.Table(r.Table).identifies(r.To) })
	}
	return early
}

// slow returns the statements of the second file. Each is done by itself and
// can be done again, as a file without a transaction may fail half-way.
func (p *pgChange) slow(early *Schema) script {
	p.from = early
	p.eachTable(func(a, b *Table) {
		for _, i := range b.Indexes {
			if a.has(i.Name) {
				continue
			}
			p.add("DROP INDEX CONCURRENTLY IF EXISTS %s", quote(i.Name))
			p.add("CREATE %s ON %s", indexHead(i, "CONCURRENTLY IF NOT EXISTS "), indexTail(b, i))
		}
	})
	p.eachTable(func(a, b *Table) {
		for _, c := range b.Columns {
			if a.Column(c.Name).Nullable && !c.Nullable {
				name := dao.ConstraintName(b.Name, c.Name, "not_null")
				p.addOnline(b, name, "CHECK ("+quote(c.Name)+" IS NOT NULL)", func() { p.fillNulls(b, c) })
				p.add("%sSET NOT NULL", alter(b, c))
				p.dropIfThere(b, name)
			}
		}
		for _, c := range b.Checks {
			if !a.has(c.Name) {
				p.addOnline(b, c.Name, "CHECK ("+c.SQL+")", nil)
			}
		}
	})
	p.eachTable(func(a, b *Table) {
		for _, r := range b.Refs {
			if !a.has(r.Name) {
				p.addOnline(b, r.Name, "FOREIGN KEY ("+quote(r.Column)+") "+references(r), nil)
			}
		}
	})
	return p.script
}

// slowBack returns the statements that take the second file back.
func (p *pgChange) slowBack(early *Schema) script {
	p.from = early
	p.eachTable(func(a, b *Table) {
		for _, r := range b.Refs {
			if !a.has(r.Name) {
				p.dropIfThere(b, r.Name)
			}
		}
	})
	p.eachTable(func(a, b *Table) {
		for _, c := range b.Checks {
			if !a.has(c.Name) {
				p.dropIfThere(b, c.Name)
			}
		}
		for _, c := range b.Columns {
			if a.Column(c.Name).Nullable && !c.Nullable {
				p.add("%sDROP NOT NULL", alter(b, c))
			}
		}
		for _, i := range b.Indexes {
			if !a.has(i.Name) {
				p.add("DROP INDEX CONCURRENTLY IF EXISTS %s", quote(i.Name))
			}
		}
	})
	return p.script
}

func (p *pgChange) dropIfThere(t *Table, name string) {
	p.add("ALTER TABLE %s DROP CONSTRAINT IF EXISTS %s", quote(t.Name), quote(name))
}

// addOnline adds a constraint for new rows, mends the old ones and then checks
// them.
func (p *pgChange) addOnline(t *Table, name, rule string, mend func()) {
	table := "ALTER TABLE " + quote(t.Name) + " "
	p.add("%sDROP CONSTRAINT IF EXISTS %s, ADD %s%s NOT VALID", table, quote(name), constraint(name), rule)
	if mend != nil {
		mend()
	}
	p.add("%sVALIDATE CONSTRAINT %s", table, quote(name))
}
