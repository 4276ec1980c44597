package users

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
)

// Current is the user who calls the API. A handler whose input has a field of
// this type gets it; whoever is not logged in does not reach the handler.
type Current struct{ *User }

// Required lets every logged-in user call a route.
var Required = api.Allow("users.Required", func(context.Context, Current) error { return nil })

// Superuser lets superusers call a route.
var Superuser = api.Allow("users.Superuser", func(_ context.Context, u Current) error {
	if !u.IsSuperuser {
		return ErrNotAllowed.Here()
	}
	return nil
})

// Visitor is who looks at a page: a user whose browser is logged in, or nobody.
// The API does not take a browser's cookie, and pages take no access token.
type Visitor struct {
	*User       // nil for nobody
	login int64 // which of their logins it is
}

// Member lets logged-in users see a page. Others are led to where they log in.
var Member = api.Allow("users.Member", func(_ context.Context, v Visitor) error {
	if v.User == nil {
		return auth.ErrRequired.Here()
	}
	return nil
})

// current finds the user whose access token the request carries.
func (a *Auth) current(ctx context.Context, q db.Querier, r *http.Request) (Current, error) {
	token, err := auth.Bearer(r)
	if err != nil {
		return Current{}, err
	}
	claims, err := a.tokens.Parse(token)
	if err != nil {
		return Current{}, err
	}
	id, err := strconv.ParseInt(claims.Subject, 10, 64)
	if err != nil {
		return Current{}, auth.ErrTokenInvalid.Wrap(err)
	}
	u, err := a.users.Get(ctx, q, id)
	if errs.HasKind(err, errs.NotFound) { // deleted since
		return Current{}, auth.ErrTokenInvalid.Wrap(err)
	}
	return Current{u}, err
}

// visitor finds the user whose cookie the browser has sent.
func (a *Auth) visitor(ctx context.Context, q db.Querier, r *http.Request) (Visitor, error) {
	token := a.cookie.Read(r)
	if token == "" {
		return Visitor{}, nil
	}
	l, err := a.logins.ByToken(ctx, q, token, time.Now())
	if err == nil {
		var u *User
		if u, err = a.users.Get(ctx, q, l.UserID); err == nil {
			return Visitor{User: u, login: l.ID}, nil
		}
	}
	if errs.HasKind(err, errs.NotFound) { // logged out elsewhere, expired, or deleted
		err = nil
	}
	return Visitor{}, err
}
