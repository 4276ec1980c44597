package users

import (
	"context"
	"strconv"
	"time"

	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
)

// Auth knows how users prove who they are: by a password, and then by an
// access token.
type Auth struct {
	users     Repository
	passwords *auth.Passwords
	tokens    *auth.Tokens
}

func newAuth(users Repository, secret string, lifetime time.Duration) (*Auth, error) {
	key, err := auth.DeriveKey(secret, "access tokens")
	if err != nil {
		return nil, err
	}
	tokens, err := auth.NewTokens(auth.TokenConfig{Keys: [][]byte{key}, Issuer: "appname", Audience: "appname", Lifetime: lifetime})
	if err != nil {
		return nil, err
	}
	passwords, err := auth.NewPasswords(auth.PasswordConfig{})
	return &Auth{users: users, passwords: passwords, tokens: tokens}, err
}

// create inserts a new user. The password is hashed before the session begins.
func (a *Auth) create(ctx context.Context, database *db.DB, u *User, password string) (err error) {
	if u.PasswordHash, err = a.hash(ctx, password); err != nil {
		return err
	}
	created := *u
	return database.Do(ctx, func(ctx context.Context, s *db.Session) error {
		*u = created // every attempt starts afresh
		return a.users.Create(ctx, s, u)
	})
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
