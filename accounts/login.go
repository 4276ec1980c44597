package accounts

import (
	"context"
	"errors"
	"net/http"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
)

// LogIn logs a browser in and returns the cookies for it: that of the login, which the
// browser forgets when it is closed, unless it should remember, and that by which the
// account knows it again. It ends the login that the browser had before (0 for none),
// whoever's that was. It returns auth.ErrWrongPassword when the user was deleted, or has
// got another password, since they were let in.
func (a *Accounts[U]) LogIn(ctx context.Context, d *db.DB, v auth.Visit, u U, before int64, remember bool) ([]*http.Cookie, error) {
	lifetime, cookie := brief, a.cookie
	if remember {
		lifetime = a.lifetime
	}
	var token string
	err := d.Do(ctx, func(ctx context.Context, s *db.Session) (err error) {
		if _, err := a.still(ctx, s, u.Account()); err != nil {
			return err
		}
		if err := a.logins.Leave(ctx, s, before); err != nil {
			return err
		}
		var l *auth.Login
		if token, l, err = a.logins.Begin(ctx, s, u.Account().Subject, v, lifetime); err != nil {
			return err
		}
		if remember {
			cookie.MaxAge = l.EndsAt.Sub(l.CreatedAt)
		}
		return a.Note(ctx, s, v, u, u, "logged_in")
	})
	return []*http.Cookie{cookie.Set(token), a.remember(u.Account().Email)}, err
}

// still returns the user whom Authenticate has let in, as they are now, and keeps
// others from changing them: a password that is set at the same time ends this login
// like all others, or keeps it from beginning. That goes by the generation, too: a
// password that is only hashed anew ends no logins.
func (a *Accounts[U]) still(ctx context.Context, s *db.Session, was Account) (Account, error) {
	u, err := a.lock(ctx, s, was)
	if err != nil {
		return was, err
	}
	now := u.Account()
	if now.PasswordHash != was.PasswordHash && now.Generation != was.Generation {
		return now, auth.ErrWrongPassword.Here()
	}
	return now, nil
}

// LogOut ends the login of a user at a browser (0 for nobody's) and returns the cookie
// that makes it forget.
func (a *Accounts[U]) LogOut(ctx context.Context, s *db.Session, u U, login int64) (*http.Cookie, error) {
	if login == 0 {
		return a.cookie.Clear(), nil
	}
	err := a.logins.End(ctx, s, u.Account().Subject, login)
	if errors.Is(err, auth.ErrLoginOver) { // in another tab, at the same time
		err = nil
	}
	return a.cookie.Clear(), err
}

// Browser returns the user who is logged in at the browser that has sent a request,
// and the login; nil for nobody. That it is used is noted after the response.
func (a *Accounts[U]) Browser(ctx context.Context, q db.Querier, r *http.Request) (u U, l *auth.Login, err error) {
	var none U
	token := a.cookie.Read(r)
	if token == "" {
		return none, nil, nil
	}
	if l, err = a.logins.Find(ctx, q, token); err == nil {
		u, err = a.users.BySubject(ctx, q, l.Subject)
	}
	switch {
	case errors.Is(err, auth.ErrLoginOver), errs.HasKind(err, errs.NotFound): // deleted since
		return none, nil, nil
	case err != nil:
		return none, nil, err
	}
	if a.logins.Stale(l) {
		client := r.RemoteAddr
		api.Later(ctx, func(ctx context.Context, d *db.DB) error { return a.logins.Used(ctx, d, l, client) })
	}
	return u, l, nil
}

// Visit says where a request comes from. It is a provider for package api: handlers
// ask for it by a field of the type auth.Visit.
func (a *Accounts[U]) Visit(ctx context.Context, _ db.Querier, r *http.Request) (auth.Visit, error) {
	return auth.Visit{Device: r.UserAgent(), Client: r.RemoteAddr, Request: api.RequestID(ctx), Known: a.device.Read(r)}, nil
}

// Logins returns where a user is logged in, the last used first.
func (a *Accounts[U]) Logins(ctx context.Context, q db.Querier, u U) ([]auth.Login, error) {
	return a.logins.Of(ctx, q, u.Account().Subject)
}

// EndLogin ends one of a user's logins, or returns ErrNoLogin. It makes access
// tokens worthless: programs that stay renew theirs.
func (a *Accounts[U]) EndLogin(ctx context.Context, s *db.Session, v auth.Visit, u U, login int64) error {
	subject := u.Account().Subject
	if err := a.users.LogOut(ctx, s, subject); err != nil {
		return err
	}
	if err := a.logins.End(ctx, s, subject, login); errors.Is(err, auth.ErrLoginOver) {
		return ErrNoLogin.Wrap(err)
	} else if err != nil {
		return err
	}
	return a.Note(ctx, s, v, u, u, "login_ended")
}

// EndLogins ends all logins of a user but one (0 for none).
func (a *Accounts[U]) EndLogins(ctx context.Context, s *db.Session, v auth.Visit, u U, but int64) error {
	if err := a.logOutAll(ctx, s, u.Account(), but); err != nil {
		return err
	}
	return a.Note(ctx, s, v, u, u, "logins_ended")
}

// logOutAll ends all logins of a user but one, and makes their access tokens
// worthless. Users are changed before their logins, here as by LogIn, so that two who do
// so at once do not wait for each other.
func (a *Accounts[U]) logOutAll(ctx context.Context, s *db.Session, of Account, but int64) error {
	if err := a.users.LogOut(ctx, s, of.Subject); err != nil {
		return err
	}
	_, err := a.logins.EndAll(ctx, s, of.Subject, but)
	return err
}
