package profiles_test

import (
	"context"
	"fmt"
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

	"github.com/terem-go/terem/examples/conduit/profiles"
	"github.com/terem-go/terem/examples/conduit/users"
)

// each runs f on both engines, with a client of an application that has this domain
// and users, and what registers somebody and returns a client of theirs.
func each(t *testing.T, f func(t *testing.T, c *apitest.Client, d *db.DB, join func(name string) *apitest.Client)) {
	t.Parallel()
	dbtest.Each(t, os.DirFS("../migrations"), func(t *testing.T, d *db.DB) {
		u, err := users.New(users.Config{Name: "Conduit", Secrets: []string{strings.Repeat("k", 32)}, TokenLifetime: time.Hour, Passwords: auth.PasswordConfig{Memory: 1024, Time: 1}})
		if err != nil {
			t.Fatal(err)
		}
		a := app.New(app.Config{DB: d, Logger: slog.New(slog.DiscardHandler)})
		a.Register(u, profiles.New(u.Users))
		h, err := a.Handler()
		if err != nil {
			t.Fatal(err)
		}
		c, joined := apitest.New(t, h), 0
		f(t, c, d, func(name string) *apitest.Client {
			t.Helper()
			joined++
			row, err := u.Auth.Register(context.Background(), d, auth.Visit{}, users.User{Username: name, Email: fmt.Sprintf("user%d@example.com", joined)}, "jakejake")
			if err != nil {
				t.Fatal(err)
			}
			token, err := u.Auth.Issue(row)
			if err != nil {
				t.Fatal(err)
			}
			return c.With("Authorization", "Token "+token)
		})
	}, app.Auth())
}
