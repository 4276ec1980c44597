package dao

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"

	"github.com/terem-go/terem/errs"
)

// plan is what is worked out once for a Table: its description and the SQL that
// does not depend on arguments.
type plan struct {
	model    Model
	typ      reflect.Type
	columns  []*column
	key      []*column
	changing []*column // what an update of the whole row writes
	identity *column   // the key, if the database numbers the rows
	version  *column
	deleted  *column
	sql      statements
	missing  *errs.Error // there is no such row
	stale    *errs.Error // it was changed meanwhile
	err      error       // what is wrong with the description

	// What narrows the table to some of its rows:
	scope []*column
	all   bool // deleted ones are shown
	views views

	inserts sync.Map // statements that insert several rows, see insertRows
	filters sync.Map // reflect.Type of structs that Filter has found to be right, to true
}

func newPlan(table string, t reflect.Type) *plan {
	p := &plan{typ: t, model: Model{Table: table, Type: t.String()}}
	columns, err := describe(t)
	if p.err = errors.Join(checkTable(table, t.String()), err, checkWritable(t, columns)); p.err != nil {
		return p
	}
	p.columns = columns
	all := make([]Column, len(columns))
	for i, c := range columns {
		all[i] = c.Column
	}
	define, err := tableMethod(t)
	if err != nil {
		p.err = err
		return p
	}
	m, err := NewModel(table, p.model.Type, all, define)
	if err != nil {
		p.err = err
		return p
	}
	p.model = *m
	for i, c := range columns {
		c.Column = m.Columns[i]
		switch {
		case c.Key:
			p.key = append(p.key, c)
		case c.Version:
			p.version = c
		case !c.Created:
			p.changing = append(p.changing, c)
		}
		if c.Deleted {
			p.deleted = c
		}
		if c.Identity {
			p.identity = c
		}
	}
	p.sql = newStatements(p)
	p.missing = errs.New(errs.NotFound, table+".not_found", "There is no such record.")
	p.stale = errs.New(errs.Conflict, table+".stale", "Somebody else has changed this meanwhile. Please look at it again.")
	return p
}

// checkWritable refuses types that know how they are read and not how they are
// written, or the reverse.
func checkWritable(t reflect.Type, columns []*column) error {
	var problems []error
	for _, c := range columns {
		pointer := reflect.PointerTo(c.typ)
		scans, values := pointer.Implements(scannerType), pointer.Implements(valuerType)
		if scans != values {
			problems = append(problems, fmt.Errorf("dao: %s.%s: %s must be both a sql.Scanner and a driver.Valuer, or neither", t, c.Field, c.typ))
		}
	}
	return errors.Join(problems...)
}

// column returns the column of a name, or nil.
func (p *plan) column(name string) *column {
	i := slices.IndexFunc(p.columns, func(c *column) bool { return c.Name == name })
	if i < 0 {
		return nil
	}
	return p.columns[i]
}

// unknown returns the error of a name that is no column's.
func (p *plan) unknown(name string) error {
	return fmt.Errorf("%s has no column %q", p.model.Table, name)
}
