// Package schema turns the models of an application into migrations: it reads
// them without running the program, finds what has changed since the last
// migration, and writes the SQL for both databases.
package schema

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/terem-go/terem/dao"
)

// Schema is what the models say about the database: plain data in the order of
// the tables' names.
type Schema struct {
	Tables []Table
}

// Table is a table as the models want it.
type Table struct {
	Name    string   `json:"name"`
	Columns []Column `json:"columns"` // in the order of the struct's fields
	Key     []string `json:"key,omitempty"`
	Indexes []Index  `json:"indexes,omitempty"` // unique ones too
	Checks  []Check  `json:"checks,omitempty"`
	Refs    []Ref    `json:"references,omitempty"`
}

// Column is a column of a Table.
type Column struct {
	Name      string   `json:"name"`
	Kind      dao.Kind `json:"kind"`
	Size      int      `json:"size,omitempty"`
	Precision int      `json:"precision,omitempty"`
	Scale     int      `json:"scale,omitempty"`
	Nullable  bool     `json:"nullable,omitempty"`
	Identity  bool     `json:"identity,omitempty"`
	Default   string   `json:"default,omitempty"`
	Values    []string `json:"values,omitempty"`
}

// Index is an index; a minus before a column sorts downwards.
type Index struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"`
	Unique  bool     `json:"unique,omitempty"`
	Where   string   `json:"where,omitempty"`
}

// Check is a rule that rows meet.
type Check struct {
	Name   string `json:"name"`
	Column string `json:"column,omitempty"` // whose rule it is, if it is one column's
	SQL    string `json:"sql"`
}

// Ref is a foreign key.
type Ref struct {
	Name     string `json:"name"`
	Column   string `json:"column"`
	Table    string `json:"table"` // that it refers to
	To       string `json:"to"`    // the column there
	OnDelete string `json:"ondelete"`
}

// From returns what models say. Errors are references to what is not there or
// does not fit, and two things in the database with one name.
func From(models []*dao.Model) (*Schema, error) {
	s := &Schema{}
	for _, m := range models {
		s.Tables = append(s.Tables, table(m))
	}
	slices.SortFunc(s.Tables, func(a, b Table) int { return cmp.Compare(a.Name, b.Name) })
	return s, errors.Join(s.names(), s.references())
}

func table(m *dao.Model) Table {
	t := Table{Name: m.Table}
	for _, c := range m.Columns {
		t.Columns = append(t.Columns, Column{
			Name: c.Name, Kind: c.Kind, Size: c.Size, Precision: c.Precision, Scale: c.Scale,
			Nullable: c.Nullable, Identity: c.Identity, Default: c.Default, Values: c.Values,
		})
		if c.Key {
			t.Key = append(t.Key, c.Name)
		}
		if c.Unique {
			t.Indexes = append(t.Indexes, Index{Name: dao.IndexName(m.Table, true, []string{c.Name}), Columns: []string{c.Name}, Unique: true})
		}
		if c.Index {
			t.Indexes = append(t.Indexes, Index{Name: dao.IndexName(m.Table, false, []string{c.Name}), Columns: []string{c.Name}})
		}
		if c.Check != "" {
			t.Checks = append(t.Checks, Check{Name: dao.ConstraintName(m.Table, c.Name, "check"), Column: c.Name, SQL: c.Check})
		}
		if r := c.References; r != nil {
			t.Refs = append(t.Refs, Ref{Name: dao.ConstraintName(m.Table, c.Name, "fkey"), Column: c.Name, Table: r.Table, To: r.Column, OnDelete: r.OnDelete})
		}
	}
	for _, i := range m.Indexes {
		t.Indexes = append(t.Indexes, Index(i))
	}
	for _, c := range m.Checks {
		t.Checks = append(t.Checks, Check{Name: c.Name, SQL: c.SQL})
	}
	return t
}

// Table returns the table of a name, or nil.
func (s *Schema) Table(name string) *Table {
	i := slices.IndexFunc(s.Tables, func(t Table) bool { return t.Name == name })
	if i < 0 {
		return nil
	}
	return &s.Tables[i]
}

// Column returns the column of a name, or nil.
func (t *Table) Column(name string) *Column {
	i := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == name })
	if i < 0 {
		return nil
	}
	return &t.Columns[i]
}

// ref returns the foreign key of a column, or nil.
func (t *Table) ref(column string) *Ref {
	i := slices.IndexFunc(t.Refs, func(r Ref) bool { return r.Column == column })
	if i < 0 {
		return nil
	}
	return &t.Refs[i]
}

// identifies reports whether a column tells rows apart by itself.
func (t *Table) identifies(column string) bool {
	return slices.Equal(t.Key, []string{column}) || slices.ContainsFunc(t.Indexes, func(i Index) bool {
		return i.Unique && i.Where == "" && len(i.Columns) == 1 && strings.TrimPrefix(i.Columns[0], "-") == column
	})
}

// names refuses two tables or indexes of one name: a database has one space for
// them.
func (s *Schema) names() error {
	var problems []error
	whose := map[string]string{}
	add := func(name, what string) {
		if other, taken := whose[name]; taken {
			problems = append(problems, fmt.Errorf("%s and %s have the same name in the database, %s: name one of them otherwise", other, what, name))
		}
		whose[name] = what
	}
	for _, t := range s.Tables {
		add(t.Name, "the table "+t.Name)
	}
	for _, t := range s.Tables {
		for _, i := range t.Indexes {
			add(i.Name, "an index of "+t.Name)
		}
	}
	return errors.Join(problems...)
}

// references refuses those that a database would refuse.
func (s *Schema) references() error {
	var problems []error
	for _, t := range s.Tables {
		for _, r := range t.Refs {
			where := t.Name + "." + r.Column
			other := s.Table(r.Table)
			if other == nil {
				problems = append(problems, fmt.Errorf("%s refers to the table %s, which no model describes", where, r.Table))
				continue
			}
			to := other.Column(r.To)
			switch {
			case to == nil:
				problems = append(problems, fmt.Errorf("%s refers to %s.%s, and %s has no such column", where, r.Table, r.To, r.Table))
			case !other.identifies(r.To):
				problems = append(problems, fmt.Errorf("%s refers to %s.%s, which must be the key (pk) or unique", where, r.Table, r.To))
			case pgType(*to) != pgType(*t.Column(r.Column)):
				problems = append(problems, fmt.Errorf("%s is %s and refers to %s.%s, which is %s: give both the same type", where, t.Column(r.Column).Kind, r.Table, r.To, to.Kind))
			}
		}
	}
	return errors.Join(problems...)
}
