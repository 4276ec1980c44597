package dao

import (
	"strconv"
	"strings"
)

// statements are the texts of a table's SQL, or the beginnings of those that
// conditions follow. Columns are named with their table where they are read:
// SQLite takes a name in quotes that it does not know for a string.
type statements struct {
	rows       string // SELECT every column
	count      string
	exists     string
	get        string // by the key
	insert     string // every column
	number     string // every column but the identity, which is returned
	unnumbered string // the same, and it is not returned
	update     string // every column but the key and created stamps
	delete     string // by the key; sets the column deleted if there is one
	purge      string // by the key
}

func newStatements(p *plan) statements {
	table := quoted(p.model.Table)
	from := " FROM " + table
	s := statements{
		rows:   "SELECT " + join(p.columns, ", ", p.read) + from,
		count:  "SELECT count(*)" + from,
		exists: "SELECT 1" + from,
		insert: p.insertOf(p.columns, 1),
	}
	if p.identity != nil {
		s.unnumbered = p.insertOf(p.others(), 1)
		s.number = s.unnumbered + " RETURNING " + quoted(p.identity.Name)
	}
	if len(p.key) > 0 {
		s.get = s.rows + p.whereKey(1)
		s.update = p.updateOf(p.changing, true)
		s.purge = "DELETE" + from + p.whereKey(1)
		s.delete = s.purge
		if p.deleted != nil {
			s.delete = "UPDATE " + table + " SET " + quoted(p.deleted.Name) + " = $1" + p.whereKey(2)
		}
	}
	return s
}

// insertOf returns the statement that inserts a number of rows.
func (p *plan) insertOf(columns []*column, rows int) string {
	text := "INSERT INTO " + quoted(p.model.Table)
	if len(columns) == 0 {
		return text + " DEFAULT VALUES"
	}
	n := 0
	row := func() string {
		return "(" + join(columns, ", ", func(*column) string { n++; return placeholder(n) }) + ")"
	}
	var b strings.Builder
	b.WriteString(text + " (" + join(columns, ", ", name) + ") VALUES " + row())
	for range rows - 1 {
		b.WriteString(", " + row())
	}
	return b.String()
}

// updateOf returns the statement that writes some columns of a row, which may have
// to be of a version. The columns' values are its first parameters, then the
// key's, the version's and those of the scope.
func (p *plan) updateOf(set []*column, versioned bool) string {
	n := 0
	text := "UPDATE " + quoted(p.model.Table) + " SET " + join(set, ", ", func(c *column) string {
		n++
		return quoted(c.Name) + " = " + placeholder(n)
	})
	if p.version == nil {
		return text + p.whereKey(n+1)
	}
	version := quoted(p.version.Name)
	if n > 0 {
		text += ", "
	}
	text += version + " = " + version + " + 1"
	if !versioned {
		return text + p.whereKey(n+1)
	}
	return text + p.whereKey(n+1, p.version)
}

// whereKey returns the condition for a key, and further columns, whose first
// value is parameter n, among the rows that the table shows.
func (p *plan) whereKey(n int, more ...*column) string {
	text := " WHERE " + p.equal(n, append(p.key[:len(p.key):len(p.key)], more...))
	if shown := p.shown(n + len(p.key) + len(more)); shown != "" {
		text += " AND " + shown
	}
	return text
}

// shown returns the condition for the rows that the table shows: those of its
// scope, whose first value is parameter n, which are not deleted. It may be "".
func (p *plan) shown(n int) string {
	text := p.equal(n, p.scope)
	if p.deleted == nil || p.all {
		return text
	}
	if text != "" {
		text += " AND "
	}
	return text + p.read(p.deleted) + " IS NULL"
}

func (p *plan) equal(n int, columns []*column) string {
	return join(columns, " AND ", func(c *column) string {
		n++
		return p.read(c) + " = " + placeholder(n-1)
	})
}

// others returns every column but the identity.
func (p *plan) others() []*column {
	var others []*column
	for _, c := range p.columns {
		if !c.Identity {
			others = append(others, c)
		}
	}
	return others
}

// read returns the column's name where its value is read.
func (p *plan) read(c *column) string { return quoted(p.model.Table) + "." + quoted(c.Name) }

// name returns the column's name where its value is written.
func name(c *column) string { return quoted(c.Name) }

// quoted returns a name of a table or a column, which checkName has seen, in
// quotes: it may be a keyword.
func quoted(name string) string { return `"` + name + `"` }

func placeholder(n int) string { return "$" + strconv.Itoa(n) }

func join(columns []*column, separator string, text func(*column) string) string {
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = text(c)
	}
	return strings.Join(parts, separator)
}
