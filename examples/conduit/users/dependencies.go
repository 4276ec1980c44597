package users

import (
	"context"
	"net/http"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
)

// Token is how callers say who they are: Authorization: Token jwt.
var Token = api.Security{Name: "Token", Scheme: "Token", Header: "Authorization"}

// Current is the user who calls. A handler whose input has a field of this type
// gets it; whoever is not logged in does not reach the handler.
type Current struct {
	*User
	Token string // the one that they sent
}

// Required lets every logged-in user call a route.
var Required = api.Allow("users.Required", func(context.Context, Current) error { return nil })

// Viewer is who looks at something that everybody may see: a user, or nobody.
type Viewer struct {
	*User         // nil for nobody
	refused error // why the token that was sent is worth nothing
}

// Who returns the viewer's id, or 0, which is nobody's.
func (v Viewer) Who() int64 {
	if v.User == nil {
		return 0
	}
	return v.ID
}

// Optional lets everybody call a route who sends no token, or a good one. With
// api.Public, a token that is worth nothing makes its sender nobody.
var Optional = api.Allow("users.Optional", func(_ context.Context, v Viewer) error { return v.refused })

// Visitor is who looks at a page: a user whose browser is logged in, or nobody. The
// API does not take a browser's cookie, and pages take no token.
type Visitor struct {
	*User       // nil for nobody
	Login int64 // which of their logins it is
}

// Who returns the visitor's id, or 0, which is nobody's.
func (v Visitor) Who() int64 { return Viewer{User: v.User}.Who() }

// Member lets logged-in users see a page. Others are led to where they log in.
var Member = api.Allow("users.Member", func(_ context.Context, v Visitor) error {
	if v.User == nil {
		return auth.ErrRequired.Here()
	}
	return nil
})

// visit says where a request comes from.
func visit(ctx context.Context, _ db.Querier, r *http.Request) (auth.Visit, error) {
	return auth.Visit{Device: r.UserAgent(), Client: r.RemoteAddr, Request: api.RequestID(ctx)}, nil
}
