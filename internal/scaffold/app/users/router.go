package users

import (
	"context"
	"net/http"

	"github.com/terem-go/terem/accounts"
	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
)

// Router has the routes of the domain and their handlers: here those with which
// people come in, in account_router.go what is their own, in admin_router.go what
// concerns others.
type Router struct {
	users Repository
	auth  *Auth
}

// Routes registers the routes. Those that check or hash passwords take the database
// instead of a session: no transaction is open meanwhile.
func (rt *Router) Routes(r *api.Router) {
	api.Post(r, "/users", rt.register, api.Public, api.Status(http.StatusCreated), api.Fails(ErrEmailTaken, auth.ErrPasswordCommon, auth.ErrTooMany))
	api.Post(r, "/auth/login", rt.logIn, api.Public, api.Fails(auth.ErrWrongPassword, accounts.ErrCodeNeeded, auth.ErrWrongCode, auth.ErrTooMany))
	api.Post(r, "/auth/refresh", rt.refresh, api.Public, api.Fails(auth.ErrRefreshInvalid, auth.ErrRefreshReused))
	api.Post(r, "/auth/logout", rt.logOut, api.Public, api.Fails(auth.ErrRefreshInvalid))
	api.Post(r, "/auth/confirm", rt.confirm, api.Public, api.Fails(auth.ErrLinkOver, ErrEmailTaken))
	api.Post(r, "/auth/forgot", rt.forgot, api.Public, api.Fails(auth.ErrTooMany))
	api.Post(r, "/auth/reset", rt.reset, api.Public, api.Fails(auth.ErrLinkOver, auth.ErrPasswordCommon))
	rt.accountRoutes(r)
	rt.adminRoutes(r)
}

func (rt *Router) register(ctx context.Context, database *db.DB, in *UserCreate) (*UserRead, error) {
	created, err := rt.auth.Register(ctx, database, in.Visit, *in.row(), in.Body.Password)
	if err != nil {
		return nil, err
	}
	return new(newUserRead(created)), nil
}

func (rt *Router) logIn(ctx context.Context, database *db.DB, in *LogIn) (*accounts.Token, error) {
	u, err := rt.auth.Authenticate(ctx, database, in.Visit, in.Body.Email, in.Body.Password, in.Body.Code)
	if err != nil {
		return nil, err
	}
	return rt.auth.Start(ctx, database, in.Visit, u)
}

func (rt *Router) refresh(ctx context.Context, s *db.Session, in *Refresh) (*accounts.Token, error) {
	return rt.auth.Renew(ctx, s, in.Visit, in.Body.RefreshToken)
}

func (rt *Router) logOut(ctx context.Context, s *db.Session, in *Refresh) (*api.Empty, error) {
	return nil, rt.auth.Stop(ctx, s, in.Body.RefreshToken)
}

func (rt *Router) confirm(ctx context.Context, s *db.Session, in *Confirm) (*api.Empty, error) {
	return nil, rt.auth.Confirm(ctx, s, in.Visit, in.Body.Token)
}

func (rt *Router) forgot(ctx context.Context, database *db.DB, in *Forgot) (*api.Empty, error) {
	return nil, rt.auth.AskReset(ctx, database, in.Visit, in.Body.Email)
}

func (rt *Router) reset(ctx context.Context, database *db.DB, in *Reset) (*api.Empty, error) {
	_, err := rt.auth.Reset(ctx, database, in.Visit, in.Body.Token, in.Body.Password)
	return nil, err
}
