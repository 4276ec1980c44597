package users_test

import (
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"

	"github.com/terem-go/terem/examples/conduit/users"
)

var secret = strings.Repeat("k", 32)

// each runs f on both engines, with a client of an application that has only this
// domain, and a fresh database.
func each(t *testing.T, f func(t *testing.T, c *apitest.Client, d *db.DB)) {
	t.Parallel()
	dbtest.Each(t, os.DirFS("../migrations"), func(t *testing.T, d *db.DB) { f(t, client(t, d, secret), d) }, app.Auth())
}

func client(t *testing.T, d *db.DB, secrets ...string) *apitest.Client {
	t.Helper()
	domain, err := users.New(users.Config{Name: "Conduit", Secrets: secrets, TokenLifetime: time.Hour, Passwords: auth.PasswordConfig{Memory: 1024, Time: 1}})
	if err != nil {
		t.Fatal(err)
	}
	a := app.New(app.Config{DB: d, Logger: slog.New(slog.DiscardHandler)})
	a.Register(domain)
	h, err := a.Handler()
	if err != nil {
		t.Fatal(err)
	}
	return apitest.New(t, h)
}

type m = map[string]any

type reply struct{ User users.UserRead }

func register(c *apitest.Client, username, email string) (*apitest.Client, users.UserRead) {
	var got reply
	c.Post("/api/users", m{"user": m{"username": username, "email": email, "password": "jakejake"}}).Expect(201).JSON(&got)
	return c.With("Authorization", "Token "+got.User.Token), got.User
}
