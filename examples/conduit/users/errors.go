package users

import "github.com/terem-go/terem/errs"

// The errors of this domain. Their fields are what the specification shows of them.
var (
	ErrUsernameTaken = errs.New(errs.Conflict, "users.username_taken", "This name is taken.").
				With(errs.Field{In: "body", Name: "username", Message: "has already been taken"})
	ErrEmailTaken = errs.New(errs.Conflict, "users.email_taken", "This address is already registered.").
			With(errs.Field{In: "body", Name: "email", Message: "has already been taken"})
	// Of a change of one's own user, for which the specification knows no conflict.
	ErrUsernameUsed = errs.New(errs.Invalid, "users.username_used", "This name is taken.").
			With(errs.Field{In: "body", Name: "username", Message: "has already been taken"})
	ErrEmailUsed = errs.New(errs.Invalid, "users.email_used", "This address is already registered.").
			With(errs.Field{In: "body", Name: "email", Message: "has already been taken"})

	ErrWrongPassword = errs.New(errs.Unauthenticated, "users.wrong_password", "The address or the password is wrong.").
				With(errs.Field{In: "body", Name: "credentials", Message: "invalid"})
	ErrTokenMissing = errs.New(errs.Unauthenticated, "users.token_missing", "Log in first, and send Authorization: Token …").
			With(errs.Field{In: "header", Name: "token", Message: "is missing"})
	ErrTokenInvalid = errs.New(errs.Unauthenticated, "users.token_invalid", "The token is not one of this application, or is over: log in again.").
			With(errs.Field{In: "header", Name: "token", Message: "is invalid"})
	ErrNoChange = errs.New(errs.Invalid, "users.no_change", "Name something to change.").
			With(errs.Field{In: "body", Name: "user", Message: "needs at least one field"})
)
