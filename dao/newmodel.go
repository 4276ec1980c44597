package dao

import (
	"errors"
	"fmt"
	"hash/fnv"
	"strings"
)

// NewModel returns the description of a table whose columns were read from a
// struct. Of uses it, and tools that read structs without running the program:
// typ is the struct's type, such as "users.User", and define does what its method
// Table does; it may be nil.
//
// Errors name what is wrong: the table's name, two columns with an option that
// one may have, what define declares, two constraints of one name.
func NewModel(table, typ string, columns []Column, define func(*Def)) (*Model, error) {
	m := &Model{Table: table, Type: typ, Columns: columns}
	problems := []error{
		checkTable(table, typ),
		m.only("version", func(c *Column) bool { return c.Version }),
		m.only("deleted", func(c *Column) bool { return c.Deleted }),
	}
	if key := m.Key(); len(key) == 1 && key[0].Kind.Integer() && key[0].References == nil {
		m.column(key[0].Name).Identity = true
	}
	d := &Def{model: m}
	if define != nil {
		define(d)
	}
	if wrong := errors.Join(append(d.problems, m.namedTwice()...)...); wrong != nil {
		problems = append(problems, fmt.Errorf("dao: %s: the method Table: %w", typ, wrong))
	}
	return m, errors.Join(problems...)
}

func checkTable(table, typ string) error {
	if err := checkName(table); err != nil {
		return fmt.Errorf("dao: the table of %s: %w", typ, err)
	}
	return nil
}

// only refuses a second column with an option.
func (m *Model) only(option string, has func(*Column) bool) error {
	var first *Column
	for i := range m.Columns {
		switch c := &m.Columns[i]; {
		case !has(c):
		case first == nil:
			first = c
		default:
			return fmt.Errorf("dao: %s.%s: the field %s has the option %s already", m.Type, c.Field, first.Field, option)
		}
	}
	return nil
}

// namedTwice returns what is wrong with the names of indexes and checks.
func (m *Model) namedTwice() (problems []error) {
	names := map[string]bool{}
	add := func(what, name string) {
		if names[name] {
			problems = append(problems, fmt.Errorf("the %s %s is declared twice", what, name))
		}
		names[name] = true
	}
	for _, c := range m.Columns {
		if c.Unique {
			add("index", IndexName(m.Table, true, []string{c.Name}))
		}
		if c.Index {
			add("index", IndexName(m.Table, false, []string{c.Name}))
		}
		if c.Check != "" {
			add("check", ConstraintName(m.Table, c.Name, "check"))
		}
	}
	for _, i := range m.Indexes {
		add("index", i.Name)
	}
	for _, c := range m.Checks {
		add("check", c.Name)
	}
	return problems
}

// IndexName returns the name of a table's index: orders_shop_id_number_key for a
// unique one, which PostgreSQL gives to constraints as well, and
// orders_status_idx for another.
func IndexName(table string, unique bool, columns []string) string {
	end := "idx"
	if unique {
		end = "key"
	}
	return ConstraintName(table, strings.ReplaceAll(strings.Join(columns, "_"), "-", ""), end)
}

// ConstraintName returns the name of a table's constraint, such as
// orders_total_check. A name that is longer than PostgreSQL takes ends in a
// checksum of the whole instead.
func ConstraintName(table, name, end string) string {
	full := table + "_" + name + "_" + end
	if len(full) <= maxName {
		return full
	}
	h := fnv.New32a()
	h.Write([]byte(full))
	return fmt.Sprintf("%s_%08x", full[:maxName-9], h.Sum32())
}
