package users_test

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/terem-go/terem/accounts"
	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/internal/scaffold/app/users"
	"github.com/terem-go/terem/jobs"
)

const password = "correct horse battery"

// each runs f on both engines, with a client of an application that has only
// this domain, and a fresh database.
func each(t *testing.T, f func(t *testing.T, c *apitest.Client, d *db.DB)) {
	eachWith(t, users.Config{}, func(t *testing.T, c *apitest.Client, d *db.DB, _ *users.Domain) { f(t, c, d) })
}

// eachWith does it with settings, and hands on the domain.
func eachWith(t *testing.T, cfg users.Config, f func(t *testing.T, c *apitest.Client, d *db.DB, u *users.Domain)) {
	eachHandler(t, cfg, func(t *testing.T, h http.Handler, d *db.DB, u *users.Domain) { f(t, apitest.New(t, h), d, u) })
}

// eachHandler does it for what a server would serve.
func eachHandler(t *testing.T, cfg users.Config, f func(t *testing.T, h http.Handler, d *db.DB, u *users.Domain)) {
	t.Parallel()
	cfg.Name, cfg.Secrets = "Appname", []string{strings.Repeat("k", 32)}
	cfg.Passwords = cmp.Or(cfg.Passwords, auth.PasswordConfig{Memory: 1024, Time: 1, Wait: time.Minute}) // quick, and never too busy
	dbtest.Each(t, os.DirFS("../migrations"), func(t *testing.T, d *db.DB) {
		domain, err := users.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		a := app.New(app.Config{DB: d, Logger: slog.New(slog.DiscardHandler)})
		a.Register(domain)
		h, err := a.Handler()
		if err != nil {
			t.Fatal(err)
		}
		f(t, h, d, domain)
	}, jobs.Migrations(), app.Auth())
}

// signUp registers a user and returns a client that is logged in as them.
func signUp(c *apitest.Client, email string) (*apitest.Client, users.UserRead) {
	var u users.UserRead
	c.Post("/api/users", map[string]any{"email": email, "password": password, "name": "Ada"}).Expect(201).JSON(&u)
	return logIn(c, email, password), u
}

func logIn(c *apitest.Client, email, password string) *apitest.Client {
	var token accounts.Token
	c.Post("/api/auth/login", map[string]any{"email": email, "password": password}).Expect(200).JSON(&token)
	return c.As(token.AccessToken)
}

// promote makes a user a superuser, as the command user create --superuser does.
func promote(t *testing.T, d *db.DB, id int64) {
	t.Helper()
	err := d.Do(context.Background(), func(ctx context.Context, s *db.Session) error {
		_, err := s.Exec(ctx, "UPDATE users SET is_superuser = true WHERE id = $1", id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
