package users

import "github.com/terem-go/terem/errs"

// The errors of this domain. A handler returns them; the kind becomes the
// HTTP status.
var (
	ErrEmailTaken = errs.New(errs.Conflict, "users.email_taken", "This address is already registered.").
			With(errs.Field{In: "body", Name: "email", Message: "expected an address that is not registered yet"})
	ErrNotAllowed = errs.New(errs.Forbidden, "users.not_allowed", "You may not do this.")
	ErrBadEmail   = errs.New(errs.Invalid, "users.bad_email", "This is not an e-mail address.").
			With(errs.Field{In: "body", Name: "email", Message: "expected an e-mail address"})
	ErrBadName = errs.New(errs.Invalid, "users.bad_name", "A name needs something to see, and no control characters.").
			With(errs.Field{In: "body", Name: "name", Message: "expected a name"})
)
