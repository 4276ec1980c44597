// Package auth hashes passwords, and issues and reads access tokens.
//
// Passwords turns a password into a string for the database and compares it
// later; Tokens gives a client a signed token and tells from it who is calling;
// Bearer finds the token in a request; DeriveKey makes the keys of it all from
// the application's one secret.
//
// Hash and Verify take tens of milliseconds of processor time and may wait for
// their turn. Never call them inside a transaction: on SQLite it would hold the
// only writer meanwhile, on PostgreSQL a connection of the pool. Call them
// before the first statement, or between two units of work.
package auth

import "github.com/terem-go/terem/errs"

// The errors of this package that a client sees. errors.Is finds each of them
// in what Passwords, Tokens and Bearer return.
var (
	ErrRequired         = errs.New(errs.Unauthenticated, "auth.required", "This needs an access token.")
	ErrTokenInvalid     = errs.New(errs.Unauthenticated, "auth.token_invalid", "The access token is not valid.")
	ErrTokenExpired     = errs.New(errs.Unauthenticated, "auth.token_expired", "The access token has expired.")
	ErrWrongPassword    = errs.New(errs.Unauthenticated, "auth.wrong_password", "The address or the password is wrong.")
	ErrPasswordTooShort = errs.New(errs.Invalid, "auth.password_too_short", "The password is too short.")
	ErrPasswordTooLong  = errs.New(errs.Invalid, "auth.password_too_long", "The password is too long.")
	ErrPasswordCommon   = errs.New(errs.Invalid, "auth.password_common", "The password is too easy to guess.")
	ErrBusy             = errs.New(errs.Unavailable, "auth.busy", "Too many people are logging in at once. Try again in a moment.")
)
