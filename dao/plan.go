package dao

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/terem-go/terem/errs"
)

// plan is what is worked out once for a Table: its description and the SQL that
// does not depend on arguments.
type plan struct {
	model    Model
	columns  []*column
	key      []*column
	changing []*column // what an update of the whole row writes
	identity *column   // the key, if the database numbers the rows
	sql      statements
	missing  *errs.Error // there is no such row
	err      error       // what is wrong with the description
}

func newPlan(table string, t reflect.Type) *plan {
	p := &plan{model: Model{Table: table, Type: t.String()}}
	columns, err := describe(t)
	if p.err = errors.Join(checkTable(table, t), err, checkWritable(t, columns)); p.err != nil {
		return p
	}
	p.columns = columns
	for _, c := range columns {
		switch {
		case c.Key:
			p.key = append(p.key, c)
		case !c.Created:
			p.changing = append(p.changing, c)
		}
	}
	if len(p.key) == 1 && p.key[0].integer() {
		p.identity = p.key[0]
		p.identity.Identity = true
	}
	for _, c := range columns {
		p.model.Columns = append(p.model.Columns, c.Column)
	}
	p.sql = newStatements(p)
	p.missing = errs.New(errs.NotFound, table+".not_found", "There is no such record.")
	return p
}

func checkTable(table string, t reflect.Type) error {
	if err := checkName(table); err != nil {
		return fmt.Errorf("dao: the table of %s: %w", t, err)
	}
	return nil
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
	for _, c := range p.columns {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// unknown returns the error of a name that is no column's.
func (p *plan) unknown(name string) error {
	return fmt.Errorf("%s has no column %q", p.model.Table, name)
}

// check returns what is wrong with the description.
func (p *plan) check() error {
	if p == nil {
		return errors.New("dao: a Table must be made by dao.Of")
	}
	return p.err
}

// checkKey is check for what needs a primary key.
func (p *plan) checkKey() error {
	if err := p.check(); err != nil || len(p.key) > 0 {
		return err
	}
	return fmt.Errorf("dao: %s has no primary key, which this needs: give a column the option pk", p.model.Type)
}

// keyArgs returns what is written for the values of the key that a caller gave.
func (p *plan) keyArgs(key []any) ([]any, error) {
	if err := p.checkKey(); err != nil {
		return nil, err
	}
	if len(key) != len(p.key) {
		return nil, fmt.Errorf("dao: the key of %s has %d columns, not %d", p.model.Table, len(p.key), len(key))
	}
	args := make([]any, len(key))
	for i, c := range p.key {
		arg, err := c.keyArg(key[i])
		switch {
		case errors.Is(err, errNoSuchKey):
			return nil, p.missing.Here()
		case err != nil:
			return nil, fmt.Errorf("dao: the key %s of %s %w", c.Name, p.model.Table, err)
		}
		args[i] = arg
	}
	return args, nil
}
