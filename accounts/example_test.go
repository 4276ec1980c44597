package accounts_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/terem-go/terem/accounts"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
)

// user is an application's user.
type user struct{ ID, Email, Hash string }

func (u *user) Account() accounts.Account {
	return accounts.Account{Subject: u.ID, Email: u.Email, PasswordHash: u.Hash}
}

// store is a table of users; that of an application is in its database.
type store map[string]*user

var errNone = errs.New(errs.NotFound, "users.none", "There is no such user.")

func (s store) ByEmail(_ context.Context, _ db.Querier, email string) (*user, error) {
	for _, u := range s {
		if strings.EqualFold(u.Email, strings.TrimSpace(email)) {
			return u, nil
		}
	}
	return nil, errNone.Here()
}

func (s store) BySubject(_ context.Context, _ db.Querier, subject string) (*user, error) {
	if u := s[subject]; u != nil {
		return u, nil
	}
	return nil, errNone.Here()
}

func (s store) Lock(ctx context.Context, _ *db.Session, subject string) (*user, error) {
	return s.BySubject(ctx, nil, subject)
}

func (s store) SetPassword(_ context.Context, _ db.Execer, subject, hash string) error {
	s[subject].Hash = hash
	return nil
}

func (s store) SetEmail(_ context.Context, _ db.Execer, subject, email string) error {
	s[subject].Email = email
	return nil
}

func (s store) LogOut(context.Context, db.Execer, string) error { return nil }

// What New is told is checked when the application starts.
func ExampleNew() {
	_, err := accounts.New(accounts.Config[*user]{Users: store{}, Name: "Shop", Secrets: []string{"short"}})
	fmt.Println(err != nil)
	a, err := accounts.New(accounts.Config[*user]{Users: store{}, Name: "Shop", Secrets: []string{strings.Repeat("random ", 6)}, Hide: true})
	fmt.Println(a.Hides(auth.Visit{Client: "192.0.2.1"}), a.Hides(auth.Visit{}), err)
	// Output:
	// true
	// true false <nil>
}
