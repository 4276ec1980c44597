package dao

import (
	"errors"
	"slices"
	"strings"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
)

// errNoRow is what QueryOne returns when there is no row.
var errNoRow = errs.New(errs.NotFound, "not_found", "There is no such record.")

// notFound turns the absence of a row into the error that a client may see. It
// returns other errors as they are.
func (p *plan) notFound(err error) error {
	if errors.Is(err, db.ErrNoRows) {
		return p.missing.Here()
	}
	return err
}

// meaning turns the failure of a constraint of the table, or of a value that a
// column cannot hold, into the error that a client may see: with the table in its
// code and the column as its field. It is the same on every engine, as far as an
// engine tells which one it was.
func (p *plan) meaning(err error) error {
	e, ok := errors.AsType[*db.Error](err)
	if !ok {
		return err
	}
	table := p.model.Table
	switch e.Class {
	case db.Unique:
		columns := p.violated(e)
		if columns == nil {
			return err
		}
		return fault(errs.Conflict, table+"."+strings.Join(columns, "_")+"_taken", columns[len(columns)-1], "is taken already", "There is one already.", err)
	case db.ForeignKey:
		return errs.New(errs.Conflict, table+".reference", "Something that this refers to, or that refers to this, stands in the way.").Wrap(err)
	case db.NotNull, db.Data:
		if len(e.Columns) == 1 {
			return fault(errs.Invalid, table+"."+e.Columns[0]+"_invalid", e.Columns[0], "is not a value for this field", "A value cannot be stored.", err)
		}
	case db.Check:
		if name := p.checked(e.Constraint); name != "" {
			return fault(errs.Invalid, table+"."+name+"_invalid", name, "breaks a rule", "A value breaks a rule.", err)
		}
	}
	return err
}

// fault returns an error about one field of a request's body.
func fault(kind errs.Kind, code, field, says, message string, cause error) error {
	return errs.New(kind, code, message).With(errs.Field{In: "body", Name: field, Message: says}).Wrap(cause)
}

// taken is the failure of a unique constraint on some columns.
func (p *plan) taken(columns []*column) error {
	e := &db.Error{Class: db.Unique, Table: p.model.Table, Err: errors.New("dao: the row that is there is not one that the table shows")}
	for _, c := range columns {
		e.Columns = append(e.Columns, c.Name)
	}
	return p.meaning(e)
}

// violated returns the columns of the unique constraint that failed, or nil when
// it is not known.
func (p *plan) violated(e *db.Error) []string {
	if len(e.Columns) > 0 {
		return e.Columns
	}
	for _, c := range p.columns { // PostgreSQL keeps the columns to itself where the user may not read them
		if c.Unique && e.Constraint == IndexName(p.model.Table, true, []string{c.Name}) {
			return []string{c.Name}
		}
	}
	for _, i := range p.model.Indexes {
		if i.Unique && e.Constraint == i.Name {
			return i.Columns
		}
	}
	return nil
}

// checked returns the column or the name of the check that failed, or "".
func (p *plan) checked(constraint string) string {
	name, ok := strings.CutPrefix(constraint, p.model.Table+"_")
	for _, end := range []string{"_check", "_values"} { // the second of enums
		if name, is := strings.CutSuffix(name, end); ok && is {
			return name
		}
	}
	return ""
}

// Taken gives the failure of one unique constraint an error of the domain's own:
//
//	return dao.Taken(r.Insert(ctx, s, u), "email", ErrEmailTaken)
//
// It returns taken, with err as its cause, if err is the failure (db.Unique) of
// the constraint on the named column, and err otherwise; nil stays nil. A
// constraint on several columns is named by all of them, in its order:
// "shop_id,number". An index on an expression, such as lower(email), is known to
// both engines by its own name only.
//
// Without Taken the error has a message of this package's, and the code
// "<table>.<columns>_taken", as in users.email_taken.
func Taken(err error, on string, taken *errs.Error) error {
	var e *db.Error
	if !errors.As(err, &e) || e.Class != db.Unique {
		return err
	}
	columns := strings.Split(on, ",")
	found := slices.Equal(e.Columns, columns) || on != "" && on == e.Constraint
	if len(e.Columns) == 0 { // PostgreSQL keeps them to itself where the user may not read them
		found = found || e.Constraint == IndexName(e.Table, true, columns)
	}
	if !found {
		return err
	}
	return taken.Wrap(err)
}
