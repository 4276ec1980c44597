// Package errs gives errors a kind, a code and a message that is safe to show,
// and says how they look on the wire.
//
// An application declares its errors once, beside the domain that owns them,
// and returns them from where they happen:
//
//	var ErrEmailTaken = errs.New(errs.Conflict, "users.email_taken", "This address is already registered.")
//
//	return nil, ErrEmailTaken.Here()        // remembers this line for the log
//	return nil, ErrEmailTaken.Wrap(err)     // and why
//
// A handler returns errors and never chooses an HTTP status: the kind does.
// The cause and the place are for the operator's log; a client sees the code,
// the message and the fields. An error of any other type is Internal: its text
// is logged and never sent.
package errs

import (
	"errors"
	"path"
	"runtime"
	"strconv"
	"time"
)

// Error is an error that says what it means to the caller.
//
// Declared errors are shared by all requests: change a copy, which Here, Wrap,
// With and After return, never the declared value.
type Error struct {
	Kind       Kind          // what sort of error, and so its HTTP status
	Code       string        // stable and for programs, such as "users.email_taken"
	Message    string        // a sentence that may be shown to anybody
	Fields     []Field       // the parts of the input that were wrong; may be empty
	RetryAfter time.Duration // when it makes sense to try again; 0 means not said

	cause error
	pc    uintptr
}

// Field is one thing that was wrong with the input.
type Field struct {
	In      string `json:"in" doc:"Where it stands: body, query, path, header or cookie." example:"body"`
	Name    string `json:"name" doc:"Its name; parts of a nested value are joined by dots." example:"email"`
	Message string `json:"message" doc:"What was expected." example:"expected an e-mail address"`
}

// New returns an error of a kind, with a code for programs, such as
// "users.email_taken", and a message that is safe to show to anybody.
func New(kind Kind, code, message string) *Error {
	return &Error{Kind: kind, Code: code, Message: message, pc: caller()}
}

// Here returns a copy of e that was made at the line that calls Here.
func (e *Error) Here() *Error {
	c := *e
	c.pc = caller()
	return &c
}

// Wrap returns a copy of e that was made at the line that calls Wrap, because
// of cause. The cause is logged and never sent.
func (e *Error) Wrap(cause error) *Error {
	c := *e
	c.cause, c.pc = cause, caller()
	return &c
}

// With returns a copy of e that was made at the line that calls With and names
// the given fields besides those that e had.
func (e *Error) With(fields ...Field) *Error {
	c := *e
	c.Fields = append(append([]Field(nil), e.Fields...), fields...)
	c.pc = caller()
	return &c
}

// After returns a copy of e that asks the client to try again after d.
func (e *Error) After(d time.Duration) *Error {
	c := *e
	c.RetryAfter = d
	return &c
}

// Error returns the text for the log: code, message and causes.
func (e *Error) Error() string {
	s := e.Code + ": " + e.Message
	for _, f := range e.Fields {
		s += " [" + f.In + " " + f.Name + ": " + f.Message + "]"
	}
	if e.cause != nil {
		s += ": " + e.cause.Error()
	}
	return s
}

// Unwrap returns the cause, or nil.
func (e *Error) Unwrap() error { return e.cause }

// Is reports whether target is an *Error of the same kind and code, so that
// errors.Is finds a declared error whatever its copies carry.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Kind == e.Kind && t.Code == e.Code
}

// Place returns the file and line where the error was made, as
// "users/auth.go:41", or "" when that is not known.
func (e *Error) Place() string {
	if e.pc == 0 {
		return ""
	}
	f, _ := runtime.CallersFrames([]uintptr{e.pc}).Next()
	if f.File == "" {
		return ""
	}
	dir, file := path.Split(f.File)
	return path.Join(path.Base(dir), file) + ":" + strconv.Itoa(f.Line)
}

// Meaning is implemented by errors of other packages that know what they mean
// to a caller, such as those of package db.
type Meaning interface {
	error
	// Meaning returns the error to show. Its cause need not be set.
	Meaning() *Error
}

// errInternal is what an error becomes that nobody classified.
var errInternal = &Error{Kind: Internal, Code: "internal", Message: "Something went wrong on our side. It has been logged."}

// From returns what err means to a caller: the first *Error in its tree, else
// what the first Meaning in it says, else an Internal error. The result has
// err as its cause unless it is err itself. From(nil) is nil.
func From(err error) *Error {
	if err == nil {
		return nil
	}
	if e, ok := err.(*Error); ok {
		return e
	}
	c := *errInternal
	var e *Error
	var m Meaning
	switch {
	case errors.As(err, &e):
		c = *e
	case errors.As(err, &m):
		c = *m.Meaning()
	}
	c.cause = err
	return &c
}

// caller returns the program counter of the caller of the exported function
// that calls it.
func caller() uintptr {
	var pcs [1]uintptr
	runtime.Callers(3, pcs[:])
	return pcs[0]
}
