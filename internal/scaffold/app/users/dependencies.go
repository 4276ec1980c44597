package users

import (
	"context"
	"net/http"
	"strconv"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
)

// Current is the user who calls. A handler whose input has a field of this type
// gets it; whoever is not logged in does not reach the handler.
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
