package users

import (
	"context"
	"net/http"

	"github.com/terem-go/terem/accounts"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/events"
)

// Auth is how users register and log in, and how they are known afterwards.
type Auth struct {
	*accounts.Accounts[*User]
	users Repository
}

// Account is what package accounts knows of a user.
func (u *User) Account() accounts.Account {
	return accounts.Account{Subject: u.Subject(), Email: u.Email, Name: u.Name, PasswordHash: u.PasswordHash, Generation: u.Generation}
}

// Register creates a user and enqueues their welcome. It returns ErrEmailTaken; where
// accounts are hidden, but from commands, it returns what was asked for instead, and
// so it does for a user who is new.
func (a *Auth) Register(ctx context.Context, database *db.DB, v auth.Visit, u User, password string) (*User, error) {
	if err := u.tidy(); err != nil {
		return nil, err
	}
	created := new(User)
	err := a.Accounts.Register(ctx, database, v, u.Account(), password, func(ctx context.Context, s *db.Session, hash string) (*User, error) {
		*created = u // every attempt starts afresh
		created.PasswordHash = hash
		return created, a.users.Create(ctx, s, created)
	})
	if err == nil && a.Hides(v) {
		return &u, nil
	}
	return created, err
}

// AskEmail enqueues the mail by which a user confirms another address.
func (a *Auth) AskEmail(ctx context.Context, database *db.DB, v auth.Visit, u *User, password, email string) error {
	next := User{Email: email, Name: u.Name}
	if err := next.tidy(); err != nil {
		return err
	}
	return a.Accounts.AskEmail(ctx, database, v, u, password, next.Email)
}

// Leave deletes a user who knows their password. A second factor is not asked for:
// they are logged in.
func (a *Auth) Leave(ctx context.Context, database *db.DB, v auth.Visit, u *User, password string) error {
	if err := a.Prove(ctx, database, v, u, password); err != nil {
		return err
	}
	return database.Do(ctx, func(ctx context.Context, s *db.Session) error { return a.remove(ctx, s, v, u, u) })
}

// remove deletes a user, with what package accounts keeps of them. Other domains say
// by the references of their tables, or by subscribing, what becomes of theirs.
func (a *Auth) remove(ctx context.Context, s *db.Session, v auth.Visit, by, u *User) error {
	if err := a.Remove(ctx, s, v, by, u); err != nil {
		return err
	}
	if err := a.users.Delete(ctx, s, u.ID); err != nil {
		return err
	}
	return events.Publish(ctx, s, Deleted{UserID: u.ID})
}

// current finds the user whose access token the request carries.
func (a *Auth) current(ctx context.Context, q db.Querier, r *http.Request) (Current, error) {
	u, err := a.Program(ctx, q, r)
	return Current{u}, err
}

// Visitor finds the user whose cookie the browser has sent.
func (a *Auth) Visitor(ctx context.Context, q db.Querier, r *http.Request) (Visitor, error) {
	u, l, err := a.Browser(ctx, q, r)
	if u == nil || err != nil {
		return Visitor{}, err
	}
	return Visitor{User: u, Login: l.ID}, nil
}
