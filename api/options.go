package api

import (
	"strings"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
)

// Option changes one route.
type Option func(*route)

// Summary is the route's heading in the documentation. The default is made of
// the handler's name.
func Summary(text string) Option { return func(rt *route) { rt.op.Summary = text } }

// Description is the route's text in the documentation, in Markdown.
func Description(text string) Option { return func(rt *route) { rt.op.Description = text } }

// OperationID is the route's name for generated clients. The default is the
// handler's package and name, such as users.get; two routes of one name are
// refused by Check. Spaces become hyphens, as some tools stumble over them.
func OperationID(id string) Option {
	return func(rt *route) { rt.op.OperationID = strings.ReplaceAll(id, " ", "-") }
}

// Status is the HTTP status of success, 200 to 399. The default is 200, and 204 for a
// handler that returns Empty.
func Status(code int) Option { return func(rt *route) { rt.op.DefaultStatus = code } }

// Fails names errors that the handler returns, for the documentation.
func Fails(errors ...*errs.Error) Option {
	return func(rt *route) { rt.fails = append(rt.fails, errors...) }
}

// Unit sets options of the route's unit of work.
func Unit(opts ...db.Option) Option {
	return func(rt *route) { rt.unit = append(rt.unit, opts...) }
}

// InSession resolves the route's policy and dependencies on the handler's own
// session or reader, so that what they read is read in the same transaction.
// Without it they have a reader that ends before the session begins.
func InSession(rt *route) { rt.inSession = true }

// MaxBody limits the route's request body, in bytes.
func MaxBody(n int64) Option { return func(rt *route) { rt.maxBody = n } }

// Timeout ends a request to this route that takes longer, with 504. Less than
// zero means never. A statement of a session on SQLite is not interrupted: the
// request ends after it.
func Timeout(d time.Duration) Option { return func(rt *route) { rt.timeout = d } }
