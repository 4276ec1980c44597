package sqlite

import (
	"errors"
	"strconv"
	"strings"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"github.com/terem-go/terem/db"
)

// classify turns an error of the driver into one of package db. Others, such as
// that of a context, it returns as they are.
func classify(err error) error {
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return err
	}
	d := &db.Error{Class: class(e.Code()), Code: strconv.Itoa(e.Code()), Err: err}
	locate(d, e)
	return d
}

// locate reads from SQLite's message what a constraint is of. There is nothing
// else to read it from.
func locate(d *db.Error, e *sqlite.Error) {
	_, what, ok := strings.Cut(e.Error(), " constraint failed: ")
	if !ok {
		return
	}
	what = strings.TrimSuffix(what, " ("+d.Code+")")
	switch d.Class {
	case db.Check:
		d.Constraint = what
	case db.Unique, db.NotNull:
		if name, ok := strings.CutPrefix(what, "index '"); ok {
			d.Constraint = strings.TrimSuffix(name, "'")
			return
		}
		for _, column := range strings.Split(what, ", ") {
			i := strings.LastIndexByte(column, '.')
			d.Table = column[:max(i, 0)]
			d.Columns = append(d.Columns, column[i+1:])
		}
	}
}

// class returns the class of an extended result code.
func class(code int) db.Class {
	switch code {
	case lib.SQLITE_CONSTRAINT_UNIQUE, lib.SQLITE_CONSTRAINT_PRIMARYKEY, lib.SQLITE_CONSTRAINT_ROWID:
		return db.Unique
	case lib.SQLITE_CONSTRAINT_FOREIGNKEY:
		return db.ForeignKey
	case lib.SQLITE_CONSTRAINT_NOTNULL:
		return db.NotNull
	case lib.SQLITE_CONSTRAINT_CHECK, lib.SQLITE_CONSTRAINT_TRIGGER:
		return db.Check
	case lib.SQLITE_CONSTRAINT_DATATYPE:
		return db.Data
	}
	switch code & 0xff {
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED, lib.SQLITE_SCHEMA:
		return db.Contended
	case lib.SQLITE_FULL, lib.SQLITE_IOERR:
		return db.Full
	case lib.SQLITE_READONLY, lib.SQLITE_PERM:
		return db.ReadOnly
	case lib.SQLITE_TOOBIG, lib.SQLITE_MISMATCH:
		return db.Data
	case lib.SQLITE_INTERRUPT:
		return db.Canceled
	case lib.SQLITE_CANTOPEN:
		return db.Unreachable
	}
	return db.Other
}
