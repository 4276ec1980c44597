package postgres

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/terem-go/terem/db"
)

// failure returns what the error of a statement means, as a *db.Error. broken
// says that the connection was lost with it, or that there was none to be had.
func failure(ctx context.Context, err error, broken bool) error {
	if err == nil {
		return nil
	}
	if known, ok := errors.AsType[*db.Error](err); ok {
		return known
	}
	e := &db.Error{Err: err}
	unsent := describeUnsent(e)
	if !unsent {
		describe(e)
		if e.Class == db.Other && broken {
			e.Class = db.Unreachable
		}
	}
	if ended := ctx.Err(); ended != nil && !unsent && (e.Class == db.Unreachable || e.Code == queryCanceled || errors.Is(err, ended)) {
		e.Class, e.Err = db.Canceled, fmt.Errorf("%w: %w", ended, err)
	}
	return e
}

// lost returns the error of a COMMIT whose outcome is not known.
func lost(ctx context.Context, err error) *db.Error {
	e := &db.Error{Err: err}
	describe(e)
	e.Class = db.Lost
	ended := ctx.Err()
	if deadline, ok := ctx.Deadline(); ok && !time.Now().Before(deadline) {
		ended = context.DeadlineExceeded // which a context may be late to say
	}
	if ended != nil {
		e.Err = fmt.Errorf("%w: %w", ended, err)
	}
	return e
}

const queryCanceled = "57014"

// describe fills in what the server said, if the error is the server's.
func describe(e *db.Error) {
	var said *pgconn.PgError
	if !errors.As(e.Err, &said) {
		return
	}
	e.Class, e.Code = class(said), said.Code
	e.Constraint, e.Table = said.ConstraintName, said.TableName
	switch e.Class {
	case db.Unique:
		e.Columns = keyColumns(said.Detail)
	case db.NotNull:
		if said.ColumnName != "" { // a domain has none
			e.Columns = []string{said.ColumnName}
		}
	case db.Data:
		e.Err = &quiet{quoted.ReplaceAllString(e.Err.Error(), `"…"`), e.Err}
	}
}

// classes are those of SQLSTATEs, and of their first two characters.
var classes = map[string]db.Class{
	"40001":       db.Contended, // serialization_failure
	"40P01":       db.Contended, // deadlock_detected
	"26000":       db.Contended, // a prepared statement is gone: DISCARD ALL, a pooler
	"42P05":       db.Contended, // a prepared statement is there already: a pooler
	"08":          db.Unreachable,
	"08P01":       db.Other,       // protocol_violation: a wrong number of arguments is one
	"28":          db.Denied,      // a wrong user or password
	"3D000":       db.Denied,      // there is no such database
	"53300":       db.Unreachable, // too_many_connections
	"57P01":       db.Unreachable, // admin_shutdown
	"57P02":       db.Unreachable, // crash_shutdown
	"57P03":       db.Unreachable, // cannot_connect_now
	"57P05":       db.Unreachable, // idle_session_timeout
	queryCanceled: db.TooLong,     // by statement_timeout; failure sees to contexts
	"25P03":       db.TooLong,     // idle_in_transaction_session_timeout
	"25P04":       db.TooLong,     // transaction_timeout
	"55P03":       db.TimedOut,    // lock_not_available
	"53":          db.Full,
	"58030":       db.Full, // io_error
	"25006":       db.ReadOnly,
	"23505":       db.Unique,
	"23P01":       db.Unique, // exclusion_violation
	"23503":       db.ForeignKey,
	"23001":       db.ForeignKey, // restrict_violation
	"23502":       db.NotNull,
	"23514":       db.Check,
	"22":          db.Data,
	"54000":       db.Data, // program_limit_exceeded: a text is too long for its index
}

func class(e *pgconn.PgError) db.Class {
	// "cached plan must not change result type", in the language of the server.
	if e.Code == "0A000" && e.Routine == "RevalidateCachedQuery" {
		return db.Contended
	}
	// "bind message has 1 result formats but query has 2 columns": the same where
	// a description is kept instead of a plan.
	if e.Code == "08P01" && e.Routine == "PortalSetResultFormat" {
		return db.Contended
	}
	if c, ok := classes[e.Code]; ok {
		return c
	}
	if len(e.Code) != 5 {
		return db.Other
	}
	return classes[e.Code[:2]]
}

// key finds the columns in the detail of a violation in any language: Key (a,
// b)=(1, 2) already exists.
var (
	key    = regexp.MustCompile(`^[^(]*\((.*?)\)=\(`)
	column = regexp.MustCompile(`^(?:[\p{L}_][\p{L}\p{N}_$]*|"(?:[^"]|"")+")$`)
)

// keyColumns returns the columns that a detail names, without expressions, and
// never a value.
func keyColumns(detail string) []string {
	m := key.FindStringSubmatch(detail)
	if m == nil {
		return nil
	}
	var columns []string
	for _, c := range strings.Split(m[1], ", ") {
		if column.MatchString(c) {
			columns = append(columns, strings.ReplaceAll(strings.Trim(c, `"`), `""`, `"`))
		}
	}
	return columns
}

// quiet is an error with a text that does not show values.
type quiet struct {
	text string
	err  error
}

func (q *quiet) Error() string { return q.text }
func (q *quiet) Unwrap() error { return q.err }

var (
	// quoted is what a server's message about a value holds between quotes.
	quoted = regexp.MustCompile(`(?s)".*"`)
	// encoding is pgx's message about an argument that does not fit its
	// parameter. It has no type of its own.
	encoding = regexp.MustCompile(`(?s)^(.*?unable to encode ).*( into (?:text|binary) format for .*? \(OID \d+\)).*$`)
)

// describeUnsent tells whether pgx refused to send the statement: an argument
// does not fit (class Data), or their number is wrong. In a batch it gives the
// connection up then, which does not mean that it was lost.
func describeUnsent(e *db.Error) bool {
	text := e.Err.Error()
	if encoding.MatchString(text) {
		e.Class = db.Data
		e.Err = &quiet{encoding.ReplaceAllString(text, "${1}a value${2}"), e.Err}
		return true
	}
	return strings.HasPrefix(text, "error preprocessing batch (build)")
}
