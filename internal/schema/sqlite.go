package schema

import (
	"cmp"
	"slices"
	"strings"

	"github.com/terem-go/terem/db"
)

// liteChange writes what leads from one schema to another on SQLite. What its ALTER
// TABLE cannot do is done by a new table that takes the rows of the old one.
type liteChange struct {
	script
	from, to *Schema // under the new names
	fill     fills
	down     bool // values that are gone are made up
}

// change returns the statements from one physical schema to another.
func (s *liteChange) change(from *Schema, r renames) script {
	s.script = renameSQLite(r)
	s.from = r.apply(from)
	for i := range s.from.Tables {
		if t := &s.from.Tables[i]; s.to.Table(t.Name) == nil {
			s.dropTable(t)
		}
	}
	var fresh []*Table
	for i := range s.to.Tables {
		b := &s.to.Tables[i]
		switch a := s.from.Table(b.Name); {
		case a == nil:
			fresh = append(fresh, b)
		case s.simple(a, b):
			s.alter(a, b)
		default:
			s.rebuild(a, b)
		}
	}
	for _, b := range byReference(fresh) {
		s.create(db.SQLite, b, func(Ref) bool { return false })
	}
	return s.script
}

func renameSQLite(r renames) (s script) {
	for _, t := range r.tables {
		s.add("ALTER TABLE %s RENAME TO %s", quote(t.old), quote(t.new))
	}
	for _, c := range r.columns {
		s.add("ALTER TABLE %s RENAME COLUMN %s TO %s", quote(c.table), quote(c.old), quote(c.new))
	}
	return s
}

// rebuilds reports whether a table that was there is made anew.
func (s *liteChange) rebuilds(from *Schema) bool {
	s.from = from
	return slices.ContainsFunc(s.to.Tables, func(b Table) bool {
		a := from.Table(b.Name)
		return a != nil && !s.simple(a, &b)
	})
}

// alter changes a table by statements that need no new one.
func (s *liteChange) alter(a, b *Table) {
	s.dropIndexes(a, b)
	for _, c := range a.Columns {
		if b.Column(c.Name) == nil {
			s.dropColumn(b, c.Name)
		}
	}
	for _, c := range b.Columns {
		if a.Column(c.Name) == nil {
			s.add("ALTER TABLE %s ADD COLUMN %s", quote(b.Name), added(b, c))
		}
	}
	for _, i := range b.Indexes {
		if !hasIndex(a, i) {
			s.createIndex(b, i)
		}
	}
}

// dropIndexes drops those that are gone or changed.
func (s *liteChange) dropIndexes(a, b *Table) {
	for _, i := range a.Indexes {
		if !hasIndex(b, i) {
			s.add("DROP INDEX %s", quote(i.Name))
		}
	}
}

func hasIndex(t *Table, i Index) bool {
	return slices.ContainsFunc(t.Indexes, func(o Index) bool { return line(o) == line(i) })
}

// added returns a column as ADD COLUMN has it, with its reference and checks.
func added(t *Table, c Column) string {
	def := quote(c.Name) + " " + definition(db.SQLite, t, c)
	if r := t.ref(c.Name); r != nil {
		def += " " + references(*r)
	}
	for _, check := range t.Checks {
		if check.Column == c.Name {
			if check.Name != "" {
				def += " " + strings.TrimSuffix(constraint(check.Name), " ")
			}
			def += " CHECK (" + check.SQL + ")"
		}
	}
	return def
}

// simple reports whether ALTER TABLE can do what a table needs.
func (s *liteChange) simple(a, b *Table) bool {
	if !slices.Equal(a.Key, b.Key) {
		return false
	}
	for _, c := range b.Columns {
		old := a.Column(c.Name)
		if s.fill[b.Name+"."+c.Name] != "" || old != nil && !sameColumn(*old, c) || old == nil && !s.addable(b, c) {
			return false
		}
	}
	for _, c := range a.Columns {
		if b.Column(c.Name) == nil && !droppable(a, c.Name) {
			return false
		}
	}
	// What is left are the rules of columns that stay.
	stays := func(column string) bool { return column == "" || a.Column(column) != nil && b.Column(column) != nil }
	return slices.Equal(rules(a, stays), rules(b, stays))
}

// sameColumn reports whether two columns are the same to SQLite, but for their
// rules.
func sameColumn(a, b Column) bool {
	return sqliteType(a) == sqliteType(b) && a.Nullable == b.Nullable && a.Default == b.Default && a.Identity == b.Identity && converts(a, b)
}

// rules returns the checks and references of the columns that count, and of no
// column, sorted.
func rules(t *Table, counts func(column string) bool) []string {
	var all []string
	for _, c := range t.Checks {
		if counts(c.Column) {
			all = append(all, c.Name+" "+c.SQL)
		}
	}
	for _, r := range t.Refs {
		if counts(r.Column) {
			all = append(all, r.Column+" "+references(r))
		}
	}
	slices.Sort(all)
	return all
}

// addable reports whether ADD COLUMN takes a column.
func (s *liteChange) addable(t *Table, c Column) bool {
	plain := c.Default == "" || literal(c.Default)
	return !slices.Contains(t.Key, c.Name) && plain && (c.Nullable || c.Default != "") && (t.ref(c.Name) == nil || c.Default == "")
}

// droppable reports whether DROP COLUMN takes a column.
func droppable(t *Table, column string) bool {
	if slices.Contains(t.Key, column) {
		return false
	}
	for _, c := range t.Checks {
		if mentions(c.SQL, column) && (c.Column != column || c.Name != "") { // named ones are the table's
			return false
		}
	}
	return !slices.ContainsFunc(t.Indexes, func(i Index) bool { return mentions(i.Where, column) && !indexes(i, column) })
}

func indexes(i Index, column string) bool {
	return slices.ContainsFunc(i.Columns, func(c string) bool { return strings.TrimPrefix(c, "-") == column })
}

// rebuild makes a table anew and gives it the rows of the old one. Foreign keys
// are off while migrations run, so dropping the old one deletes no rows of others.
func (s *liteChange) rebuild(a, b *Table) {
	s.dropIndexes(a, b)
	fresh := b.Name + "_new"
	for s.from.Table(fresh) != nil || s.to.Table(fresh) != nil {
		fresh += "_new"
	}
	s.add("PRAGMA legacy_alter_table = ON")
	s.note("%s is made anew, as ALTER TABLE cannot do this. Triggers, and indexes of yours, are kept; columns and rules that no model has are not.", b.Name)
	s.add("%s", createTable(db.SQLite, b, fresh, func(Ref) bool { return false }))
	if identity(a) && identity(b) {
		s.add("INSERT INTO sqlite_sequence (name, seq) SELECT %s, seq FROM sqlite_sequence WHERE name = %s", text(fresh), text(b.Name))
	}
	s.copy(a, b, fresh)
	s.add("DROP TABLE %s", quote(b.Name))
	if gone := lost(a, b); len(gone) > 0 {
		s.note("The values of %s are lost.", strings.Join(gone, ", "))
	}
	s.add("ALTER TABLE %s RENAME TO %s", quote(fresh), quote(b.Name))
	s.add("PRAGMA legacy_alter_table = OFF")
	for _, i := range b.Indexes {
		s.createIndex(b, i)
	}
}

func identity(t *Table) bool {
	return slices.ContainsFunc(t.Columns, func(c Column) bool { return c.Identity })
}

// lost returns the columns that are gone.
func lost(a, b *Table) (gone []string) {
	for _, c := range a.Columns {
		if b.Column(c.Name) == nil {
			gone = append(gone, b.Name+"."+c.Name)
		}
	}
	return gone
}

// copy writes the rows of the old table into the new one.
func (s *liteChange) copy(a, b *Table, fresh string) {
	var into, values, invented []string
	for _, c := range b.Columns {
		value := s.fill[b.Name+"."+c.Name]
		switch old := a.Column(c.Name); {
		case old != nil && converts(*old, c):
			null := nullFill(s.fill, b, c)
			value = quote(c.Name)
			if old.Nullable && !c.Nullable && null != "" {
				value = "coalesce(" + value + ", " + null + ")"
			}
		case old != nil:
			value = cmp.Or(value, quote(c.Name))
		case value == "" && s.down && !c.Nullable && c.Default == "" && !c.Identity:
			value = zero(db.SQLite, c)
			invented = append(invented, b.Name+"."+c.Name)
		}
		if value != "" { // the others have a default, a number or NULL
			into, values = append(into, quote(c.Name)), append(values, value)
		}
	}
	if len(into) == 0 { // rows that have nothing but defaults
		into, values = []string{quote(b.Columns[0].Name)}, []string{cmp.Or(b.Columns[0].Default, "NULL")}
	}
	s.add("INSERT INTO %s (%s)\nSELECT %s\nFROM %s", quote(fresh), strings.Join(into, ", "), strings.Join(values, ", "), quote(b.Name))
	if len(invented) > 0 {
		s.note("The values that %s had are gone.", strings.Join(invented, ", "))
	}
}
