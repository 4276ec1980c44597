package dao

import (
	"strconv"
	"strings"
)

// statements are the texts of a table's SQL, or the beginnings of those that
// conditions follow. Columns are named with their table where they are read:
// SQLite takes a name in quotes that it does not know for a string.
type statements struct {
	rows   string // SELECT every column
	count  string
	exists string
	get    string // by the key
	insert string // every column
	number string // every column but the identity, which is returned
	update string // every column but the key and created stamps
	delete string // by the key
}

func newStatements(p *plan) statements {
	table := quoted(p.model.Table)
	from := " FROM " + table
	var others []*column
	for _, c := range p.columns {
		if !c.Identity {
			others = append(others, c)
		}
	}
	s := statements{
		rows:   "SELECT " + join(p.columns, ", ", p.read) + from,
		count:  "SELECT count(*)" + from,
		exists: "SELECT 1" + from,
		insert: "INSERT INTO " + table + values(p.columns),
	}
	if p.identity != nil {
		s.number = "INSERT INTO " + table + values(others) + " RETURNING " + quoted(p.identity.Name)
	}
	if len(p.key) > 0 {
		s.get = s.rows + p.whereKey(1)
		s.update = p.updateOf(p.changing)
		s.delete = "DELETE" + from + p.whereKey(1)
	}
	return s
}

// updateOf returns the statement that writes some columns of a row.
func (p *plan) updateOf(set []*column) string {
	n := 0
	return "UPDATE " + quoted(p.model.Table) + " SET " + join(set, ", ", func(c *column) string {
		n++
		return quoted(c.Name) + " = " + placeholder(n)
	}) + p.whereKey(len(set)+1)
}

// whereKey returns the condition for a key whose first value is parameter n.
func (p *plan) whereKey(n int) string {
	return " WHERE " + join(p.key, " AND ", func(c *column) string {
		n++
		return p.read(c) + " = " + placeholder(n-1)
	})
}

// values returns what follows the table's name in an INSERT.
func values(columns []*column) string {
	if len(columns) == 0 {
		return " DEFAULT VALUES"
	}
	n := 0
	return " (" + join(columns, ", ", func(c *column) string { return quoted(c.Name) }) + ") VALUES (" +
		join(columns, ", ", func(*column) string { n++; return placeholder(n) }) + ")"
}

// read returns the column's name where its value is read.
func (p *plan) read(c *column) string { return quoted(p.model.Table) + "." + quoted(c.Name) }

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
