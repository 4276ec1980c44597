package db

import (
	"errors"
	"time"

	"github.com/terem-go/terem/errs"
)

// Class says what sort of failure the database reported.
type Class uint8

// The classes. What a unit of work does about each is in the comment.
const (
	Other       Class = iota // a wrong statement and everything else: the unit fails
	Contended                // a conflict with another unit, or a stale plan: tried again
	Unreachable              // no connection, or it was lost and the unit with it: tried once more
	Denied                   // the server lets this user, or anybody, not into this database: not tried again
	Lost                     // the connection was lost during COMMIT, which may be done or not: never tried again
	Canceled                 // the context ended while the statement ran
	TimedOut                 // the database gave up waiting for a lock
	TooLong                  // the statement took longer than the database lets it
	Busy                     // too many units are waiting for a connection: refused before any SQL
	Full                     // no space, or the disk fails: not tried again
	ReadOnly                 // a reader tried to write
	Unique                   // a value is taken
	ForeignKey               // a row refers to one that is not there, or is still referred to
	NotNull                  // a value is missing
	Check                    // a value breaks a rule of its table
	Data                     // a value does not fit its column
)

// Error is what the database said of a statement or a COMMIT. Its text is for
// the log; Meaning is for the caller.
type Error struct {
	Class      Class
	Code       string   // SQLSTATE on PostgreSQL, the number of the extended result code on SQLite
	Constraint string   // the constraint's name where the engine tells it
	Table      string   // the table where the engine tells it
	Columns    []string // the columns of a Unique or NotNull failure where the engine tells them
	Displaced  bool     // it lost its place in a transaction that it shared: tried again with Options.Alone, at no cost to its attempts
	Err        error    // the driver's own error
}

// Error returns the driver's text.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns the driver's error.
func (e *Error) Unwrap() error { return e.Err }

// Meaning says what the failure means to a caller who did not expect it.
func (e *Error) Meaning() *errs.Error {
	switch e.Class {
	case Contended:
		return errContended
	case Unreachable, Denied:
		return errUnreachable
	case Lost:
		return ErrOutcomeUnknown
	case Canceled, TooLong:
		return errCanceled
	case TimedOut:
		return errTimedOut
	case Busy:
		return errBusy
	case Full:
		return errFull
	case Unique:
		return errUnique
	case ForeignKey:
		return errForeignKey
	case NotNull, Check, Data:
		return errRefused
	}
	return errInternal
}

// ClassOf returns the class of the database's failure in err's tree, or Other.
func ClassOf(err error) Class {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Class
	}
	return Other
}

var (
	// ErrNoRows is returned by Row.Scan when there is no row. It does not count
	// as a failed statement.
	ErrNoRows = errors.New("db: no rows")

	// ErrEnded is returned by a session or a reader that is used after its unit
	// of work has ended, for instance by a goroutine that outlived the request.
	ErrEnded = errors.New("db: the session has ended; work that outlives it needs a unit of its own (DB.Do) or a job")

	// ErrConcurrent is returned by a session or a reader that is used by two
	// goroutines at the same time. The unit is rolled back.
	ErrConcurrent = errors.New("db: the session is in use by another goroutine; one unit of work is one goroutine")

	// ErrRowsOpen is returned by a statement that is sent while the rows of the
	// one before are still open. The unit is not changed by it.
	ErrRowsOpen = errors.New("db: rows of an earlier query are still open; read them to the end or close them first")

	// ErrFailed is returned by every statement after one that failed: the unit
	// can only be rolled back. A statement that may fail belongs in Nested.
	ErrFailed = errors.New("db: an earlier statement of this unit of work failed; put a statement that may fail into Nested")

	// ErrInside is returned when a unit of work is opened inside another one,
	// which would wait for itself.
	ErrInside = errors.New("db: a unit of work is open already; pass its session on, or use Nested")

	// ErrSwallowed is in the tree of the error that a unit ends with when its
	// function returned none although a statement had failed.
	ErrSwallowed = errors.New("db: a statement failed and its error was not returned; the unit was rolled back")
)

// What failures mean to a caller who did not expect them.
var (
	// ErrOutcomeUnknown is the meaning of a unit whose connection was lost
	// during COMMIT: what it wrote may or may not be there.
	ErrOutcomeUnknown = errs.New(errs.Internal, "outcome_unknown", "The connection to the database was lost while saving. Check whether your change is there before you try again.")

	errInternal    = errs.New(errs.Internal, "internal", "Something went wrong on our side. It has been logged.")
	errContended   = errs.New(errs.Unavailable, "db.contended", "Too many changes at the same time. Please try again.").After(time.Second)
	errUnreachable = errs.New(errs.Unavailable, "db.unavailable", "The database cannot be reached at the moment. Please try again.").After(2 * time.Second)
	errCanceled    = errs.New(errs.Timeout, "timeout", "This took too long and was given up.")
	errTimedOut    = errs.New(errs.Unavailable, "db.timeout", "The database took too long. Please try again.").After(time.Second)
	errBusy        = errs.New(errs.Unavailable, "db.busy", "There is too much to do at the moment. Please try again.").After(time.Second)
	errFull        = errs.New(errs.Unavailable, "db.full", "Nothing can be saved at the moment.").After(30 * time.Second)
	errUnique      = errs.New(errs.Conflict, "db.unique", "A value that must be unique is taken already.")
	errForeignKey  = errs.New(errs.Conflict, "db.reference", "Something that this refers to, or that refers to this, stands in the way.")
	errRefused     = errs.New(errs.Invalid, "db.refused", "A value breaks a rule of the database.")
)

// Keep marks err as one whose unit of work is committed all the same: a
// counter of failed logins must stay although the login failed. The unit is
// rolled back nevertheless when one of its statements failed. Keep(nil) is nil.
func Keep(err error) error {
	if err == nil {
		return nil
	}
	return &kept{err}
}

type kept struct{ error }

func (k *kept) Unwrap() error { return k.error }

// isKept reports whether Keep is in err's tree.
func isKept(err error) bool {
	_, ok := errors.AsType[*kept](err)
	return ok
}
