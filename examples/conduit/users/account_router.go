package users

import (
	"context"

	"github.com/terem-go/terem/accounts"
	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
)

// accountRoutes registers the routes for what is a user's own.
func (rt *Router) accountRoutes(r *api.Router) {
	api.Get(r, "/users/me", rt.me, Required, api.Summary("Who am I"))
	api.Patch(r, "/users/me", rt.updateMe, Required)
	api.Delete(r, "/users/me", rt.deleteMe, Required)
	api.Put(r, "/users/me/password", rt.changePassword, Required, api.Fails(accounts.ErrWrongPassword, auth.ErrPasswordCommon, auth.ErrTooMany))
	api.Put(r, "/users/me/email", rt.changeEmail, Required, api.Fails(accounts.ErrWrongPassword, auth.ErrTooMany))
	api.Get(r, "/users/me/logins", rt.listLogins, Required)
	api.Delete(r, "/users/me/logins", rt.endLogins, Required)
	api.Delete(r, "/users/me/logins/{id}", rt.endLogin, Required, api.Fails(accounts.ErrNoLogin))
	api.Post(r, "/users/me/factor", rt.beginFactor, Required, api.Fails(accounts.ErrWrongPassword, auth.ErrFactorOn, auth.ErrTooMany))
	api.Post(r, "/users/me/factor/confirm", rt.confirmFactor, Required, api.Fails(auth.ErrWrongCode, auth.ErrFactorOn, auth.ErrFactorOff))
	api.Post(r, "/users/me/factor/end", rt.endFactor, Required, api.Fails(accounts.ErrWrongPassword, auth.ErrTooMany))
}

func (rt *Router) me(_ context.Context, _ api.None, in *Me) (*UserRead, error) {
	out := newUserRead(in.User.User)
	return &out, nil
}

func (rt *Router) updateMe(ctx context.Context, s *db.Session, in *MeUpdate) (*UserRead, error) {
	u, err := rt.users.Get(ctx, s, in.User.ID)
	if err != nil {
		return nil, err
	}
	u.Name = in.Body.Name
	if err := rt.users.Change(ctx, s, u, "name"); err != nil {
		return nil, err
	}
	out := newUserRead(u)
	return &out, nil
}

func (rt *Router) deleteMe(ctx context.Context, s *db.Session, in *Me) (*api.Empty, error) {
	return nil, rt.auth.remove(ctx, s, *in, in.User.User)
}

func (rt *Router) changePassword(ctx context.Context, database *db.DB, in *PasswordChange) (*api.Empty, error) {
	return nil, rt.auth.ChangePassword(ctx, database, in.Visit, in.User.User, 0, in.Body.CurrentPassword, in.Body.Password)
}

func (rt *Router) changeEmail(ctx context.Context, database *db.DB, in *EmailChange) (*api.Empty, error) {
	return nil, rt.auth.AskEmail(ctx, database, in.Visit, in.User.User, in.Body.CurrentPassword, in.Body.Email)
}

func (rt *Router) listLogins(ctx context.Context, r *db.Reader, in *Me) (*LoginList, error) {
	list, err := rt.auth.Logins(ctx, r, in.User.User)
	if err != nil {
		return nil, err
	}
	out := &LoginList{Logins: []LoginRead{}}
	for _, l := range list {
		out.Logins = append(out.Logins, newLoginRead(l))
	}
	return out, nil
}

func (rt *Router) endLogins(ctx context.Context, s *db.Session, in *Me) (*api.Empty, error) {
	return nil, rt.auth.EndLogins(ctx, s, in.Visit, in.User.User, 0)
}

func (rt *Router) endLogin(ctx context.Context, s *db.Session, in *LoginByID) (*api.Empty, error) {
	return nil, rt.auth.EndLogin(ctx, s, in.Visit, in.User.User, in.ID)
}

func (rt *Router) beginFactor(ctx context.Context, database *db.DB, in *Proof) (*Factor, error) {
	secret, uri, err := rt.auth.BeginFactor(ctx, database, in.Visit, in.User.User, in.Body.CurrentPassword)
	if err != nil {
		return nil, err
	}
	return &Factor{Secret: secret, URI: uri}, nil
}

func (rt *Router) confirmFactor(ctx context.Context, s *db.Session, in *FactorConfirm) (*RecoveryCodes, error) {
	codes, err := rt.auth.ConfirmFactor(ctx, s, in.Visit, in.User.User, in.Body.Code)
	if err != nil {
		return nil, err
	}
	return &RecoveryCodes{Codes: codes}, nil
}

func (rt *Router) endFactor(ctx context.Context, database *db.DB, in *Proof) (*api.Empty, error) {
	return nil, rt.auth.EndFactor(ctx, database, in.Visit, in.User.User, in.Body.CurrentPassword)
}
