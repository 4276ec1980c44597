package users

import (
	"context"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/auth"
)

// Current is the user who calls the API. A handler whose input has a field of
// this type gets it; whoever is not logged in does not reach the handler.
type Current struct{ *User }

var _ api.Caller = Current{}

// CallerID tells the callers of routes with api.Idempotent apart.
func (c Current) CallerID() string { return c.Subject() }

// Required lets every logged-in user call a route.
var Required = api.Allow("users.Required", func(context.Context, Current) error { return nil })

// Superuser lets superusers call a route.
var Superuser = api.Allow("users.Superuser", func(_ context.Context, u Current) error {
	if !u.IsSuperuser {
		return ErrNotAllowed.Here()
	}
	return nil
})

// Need lets users call a route whose role has the permission, and superusers.
func Need(permission string) api.Policy {
	return api.Allow("users.Need("+permission+")", func(_ context.Context, u Current) error {
		if !Can(u.User, permission) {
			return ErrNotAllowed.Here()
		}
		return nil
	})
}

// Visitor is who looks at a page: a user whose browser is logged in, or nobody.
// The API does not take a browser's cookie, and pages take no access token.
type Visitor struct {
	*User       // nil for nobody
	Login int64 // which of their logins it is
}

// Member lets logged-in users see a page. Others are led to where they log in.
var Member = api.Allow("users.Member", func(_ context.Context, v Visitor) error {
	if v.User == nil {
		return auth.ErrRequired.Here()
	}
	return nil
})
