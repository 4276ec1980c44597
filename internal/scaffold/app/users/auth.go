package users

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
	"github.com/terem-go/terem/jobs"
	"github.com/terem-go/terem/web"
)

// Auth knows how users prove who they are: by a password, and then by an access
// token that their program sends, or by a cookie that their browser keeps.
type Auth struct {
	users     Repository
	logins    Logins
	passwords *auth.Passwords
	tokens    *auth.Tokens
	cookie    web.Cookie
}

func newAuth(users Repository, logins Logins, c Config) (*Auth, error) {
	key, err := auth.DeriveKey(c.SecretKey, "access tokens")
	if err != nil {
		return nil, err
	}
	tokens, err := auth.NewTokens(auth.TokenConfig{Keys: [][]byte{key}, Issuer: "appname", Audience: "appname", Lifetime: c.TokenLifetime})
	if err != nil {
		return nil, err
	}
	passwords, err := auth.NewPasswords(auth.PasswordConfig{})
	cookie := web.Cookie{Name: "login", Secure: c.SecureCookies, MaxAge: c.LoginLifetime}
	return &Auth{users: users, logins: logins, passwords: passwords, tokens: tokens, cookie: cookie}, err
}

// Register creates a user, or returns ErrEmailTaken, and enqueues their welcome.
// The password is hashed before the session begins.
func (a *Auth) Register(ctx context.Context, database *db.DB, u *User, password string) (err error) {
	if u.PasswordHash, err = a.hash(ctx, password); err != nil {
		return err
	}
	created := *u
	return database.Do(ctx, func(ctx context.Context, s *db.Session) error {
		*u = created // every attempt starts afresh
		if err := a.users.Create(ctx, s, u); err != nil {
			return err
		}
		return jobs.Enqueue(ctx, s, Welcome{UserID: u.ID})
	})
}

// Authenticate returns the user with the address and the password, or
// auth.ErrWrongPassword. The password is checked while no transaction is open.
func (a *Auth) Authenticate(ctx context.Context, database *db.DB, email, password string) (*User, error) {
	var u *User
	err := database.Read(ctx, func(ctx context.Context, r *db.Reader) (err error) {
		u, err = a.users.ByEmail(ctx, r, email)
		return err
	})
	if err != nil && !errs.HasKind(err, errs.NotFound) {
		return nil, err
	}
	return u, a.verify(ctx, u, password)
}

// LogIn logs a browser in and returns the cookie for it.
func (a *Auth) LogIn(ctx context.Context, database *db.DB, u *User) (*http.Cookie, error) {
	token, hash := auth.RandomToken()
	err := database.Do(ctx, func(ctx context.Context, s *db.Session) error {
		return a.logins.Insert(ctx, s, &Login{UserID: u.ID, TokenHash: hash, ExpiresAt: time.Now().Add(a.cookie.MaxAge)})
	})
	return a.cookie.Set(token), err
}

// LogOut logs a browser out and returns the cookie that makes it forget.
func (a *Auth) LogOut(ctx context.Context, x db.Execer, v Visitor) (*http.Cookie, error) {
	err := a.logins.Delete(ctx, x, v.login)
	if errs.HasKind(err, errs.NotFound) { // in another tab, at the same time
		err = nil
	}
	return a.cookie.Clear(), err
}

// hash checks a new password and hashes it. That takes long and much memory:
// never while a session is open.
func (a *Auth) hash(ctx context.Context, password string) (string, error) {
	if err := a.passwords.Check(password); err != nil {
		return "", err
	}
	return a.passwords.Hash(ctx, password)
}

// verify returns auth.ErrWrongPassword unless the password is that of u. For an
// unknown user, nil, it takes as long as for any other.
func (a *Auth) verify(ctx context.Context, u *User, password string) error {
	hash := ""
	if u != nil {
		hash = u.PasswordHash
	}
	_, err := a.passwords.Verify(ctx, hash, password)
	return err
}

// issue returns an access token for the user.
func (a *Auth) issue(u *User) (*Token, error) {
	token, lifetime, err := a.tokens.Issue(strconv.FormatInt(u.ID, 10))
	if err != nil {
		return nil, err
	}
	return &Token{AccessToken: token, TokenType: "bearer", ExpiresIn: int(lifetime.Seconds())}, nil
}
