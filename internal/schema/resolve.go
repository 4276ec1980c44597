package schema

import (
	"errors"
	"fmt"
	"slices"
)

// Options say how models become migrations.
type Options struct {
	// Renames are tables and columns that have a new name: "users:accounts",
	// "users.name:users.full_name".
	Renames []string
	// AllowDrop drops tables and columns that no model has any more.
	AllowDrop bool
	// Fills are SQL for rows that are there already: "orders.status:'new'".
	Fills []string
	// Ask asks a person a question that is answered by yes or no. nil means that
	// nobody is there.
	Ask func(question string) (bool, error)
}

// resolver finds out what was renamed.
type resolver struct {
	Options
	renames
	from, to *Schema
	problems []error
	asked    []string // about what was maybe renamed, and has a problem already
}

// resolve returns the renames. What may be one and what is to be dropped is an
// error until somebody says so.
func resolve(from, to *Schema, o Options) (renames, error) {
	r := &resolver{Options: o, from: from, to: to}
	var err error
	if r.renames, err = parseRenames(o.Renames, from, to); err != nil {
		return r.renames, err
	}
	if err := r.askTables(); err != nil {
		return r.renames, err
	}
	for i := range from.Tables {
		if a := &from.Tables[i]; to.Table(r.newTable(a.Name)) != nil {
			if err := r.askColumns(a, to.Table(r.newTable(a.Name))); err != nil {
				return r.renames, err
			}
		}
	}
	r.dropped()
	return r.renames, errors.Join(r.problems...)
}

func (r *resolver) askTables() error {
	for i := range r.from.Tables {
		a := &r.from.Tables[i]
		for j := range r.to.Tables {
			b := &r.to.Tables[j]
			gone, fresh := r.to.Table(r.newTable(a.Name)) == nil, r.from.Table(r.oldTable(b.Name)) == nil
			if !gone || !fresh || !similar(a, b) {
				continue
			}
			yes, err := r.ask("table", a.Name, b.Name)
			if err != nil {
				return err
			}
			if yes {
				r.tables = append(r.tables, tableRename{a.Name, b.Name})
			}
		}
	}
	return nil
}

// similar reports whether half of the columns are the same.
func similar(a, b *Table) bool {
	n := 0
	for _, c := range a.Columns {
		if d := b.Column(c.Name); d != nil && d.Kind == c.Kind {
			n++
		}
	}
	return 2*n >= max(len(a.Columns), len(b.Columns))
}

func (r *resolver) askColumns(a, b *Table) error {
	for _, x := range a.Columns {
		for _, y := range b.Columns {
			gone, fresh := b.Column(r.newColumn(b.Name, x.Name)) == nil, a.Column(r.oldColumn(b.Name, y.Name)) == nil
			if !gone || !fresh || family(x) != family(y) || slices.Contains(a.Key, x.Name) != slices.Contains(b.Key, y.Name) {
				continue
			}
			yes, err := r.ask("column", a.Name+"."+x.Name, b.Name+"."+y.Name)
			if err != nil {
				return err
			}
			if yes {
				r.columns = append(r.columns, columnRename{b.Name, x.Name, y.Name})
			}
		}
	}
	return nil
}

// newColumn returns what a column of a table, which has its new name, is called
// now.
func (r *renames) newColumn(table, old string) string {
	for _, c := range r.columns {
		if c.table == table && c.old == old {
			return c.new
		}
	}
	return old
}

func (r *renames) oldColumn(table, new string) string {
	for _, c := range r.columns {
		if c.table == table && c.new == new {
			return c.old
		}
	}
	return new
}

// ask finds out whether something was renamed.
func (r *resolver) ask(what, old, new string) (bool, error) {
	switch {
	case r.AllowDrop:
		return false, nil
	case r.Ask != nil:
		return r.Ask(fmt.Sprintf("The %s %s is gone and %s is new. Was it renamed?", what, old, new))
	}
	r.asked = append(r.asked, old)
	r.problems = append(r.problems, fmt.Errorf("the %s %s is gone and %s is new: if it was renamed, --rename %s:%s; if its data is to be dropped, --allow-drop", what, old, new, old, new))
	return false, nil
}

// dropped notes what would be dropped.
func (r *resolver) dropped() {
	if r.AllowDrop {
		return
	}
	problem := func(what, name, kept string) {
		if !slices.Contains(r.asked, name) {
			r.problems = append(r.problems, fmt.Errorf("no model has the %s %s any more: if its data is to be dropped, --allow-drop; if it has another name now, --rename %s:%s", what, name, name, kept))
		}
	}
	for i := range r.from.Tables {
		a := &r.from.Tables[i]
		b := r.to.Table(r.newTable(a.Name))
		if b == nil {
			problem("table", a.Name, "NEW")
			continue
		}
		for _, c := range a.Columns {
			if b.Column(r.newColumn(b.Name, c.Name)) == nil {
				problem("column", a.Name+"."+c.Name, b.Name+".NEW")
			}
		}
	}
}
