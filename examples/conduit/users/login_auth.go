package users

import (
	"context"
	"errors"
	"net/http"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
)

// LogIn logs a user in at a browser and returns the cookie for it. It ends the login
// that the browser had before (0 for none), whoever's that was.
func (a *Auth) LogIn(ctx context.Context, d *db.DB, v auth.Visit, u *User, before int64) (*http.Cookie, error) {
	cookie, token := a.cookie, ""
	err := d.Do(ctx, func(ctx context.Context, s *db.Session) error {
		if err := a.logins.Leave(ctx, s, before); err != nil {
			return err
		}
		fresh, l, err := a.logins.Begin(ctx, s, u.subject(), v, auth.Lifetime{})
		if err != nil {
			return err
		}
		token, cookie.MaxAge = fresh, l.EndsAt.Sub(l.CreatedAt)
		return nil
	})
	return cookie.Set(token), err
}

// LogOut ends the login at a browser (0 for none) and returns the cookie that makes
// it forget.
func (a *Auth) LogOut(ctx context.Context, s *db.Session, login int64) (*http.Cookie, error) {
	return a.cookie.Clear(), a.logins.Leave(ctx, s, login)
}

// visitor finds the user whose cookie the browser has sent, if it has. That the login
// is used is noted after the response.
func (a *Auth) visitor(ctx context.Context, q db.Querier, r *http.Request) (Visitor, error) {
	token := a.cookie.Read(r)
	if token == "" {
		return Visitor{}, nil
	}
	l, err := a.logins.Find(ctx, q, token)
	if errors.Is(err, auth.ErrLoginOver) {
		return Visitor{}, nil
	}
	if err != nil {
		return Visitor{}, err
	}
	u, err := a.bySubject(ctx, q, l.Subject)
	if errs.HasKind(err, errs.NotFound) {
		return Visitor{}, nil
	}
	if err != nil {
		return Visitor{}, err
	}
	if client := r.RemoteAddr; a.logins.Stale(l) {
		api.Later(ctx, func(ctx context.Context, d *db.DB) error { return a.logins.Used(ctx, d, l, client) })
	}
	return Visitor{User: u, Login: l.ID}, nil
}
