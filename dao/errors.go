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

// Taken turns the failure of one unique constraint into an error of the domain:
//
//	return dao.Taken(r.Insert(ctx, s, u), "email", ErrEmailTaken)
//
// It returns taken, with err as its cause, if err is the failure (db.Unique) of
// the constraint on the named column, and err otherwise; nil stays nil. A
// constraint on several columns is named by all of them, in its order:
// "shop_id,number". An index on an expression, such as lower(email), is known to
// both engines by its own name only.
func Taken(err error, on string, taken *errs.Error) error {
	var e *db.Error
	if !errors.As(err, &e) || e.Class != db.Unique {
		return err
	}
	columns := strings.Split(on, ",")
	found := slices.Equal(e.Columns, columns) || on != "" && on == e.Constraint
	if len(e.Columns) == 0 { // PostgreSQL keeps them to itself where the user may not read them
		found = found || e.Constraint == e.Table+"_"+strings.Join(columns, "_")+"_key"
	}
	if !found {
		return err
	}
	return taken.Wrap(err)
}
