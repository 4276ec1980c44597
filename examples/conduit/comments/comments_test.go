package comments_test

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

	"github.com/terem-go/terem/examples/conduit/articles"
	"github.com/terem-go/terem/examples/conduit/comments"
	"github.com/terem-go/terem/examples/conduit/profiles"
	"github.com/terem-go/terem/examples/conduit/users"
)

// each runs f on both engines, with a client of an application that has this domain
// and those that it uses, and what registers somebody, who publishes an article of
// their name, and returns a client of theirs.
func each(t *testing.T, f func(t *testing.T, c *apitest.Client, d *db.DB, join func(name string) *apitest.Client)) {
	t.Parallel()
	dbtest.Each(t, os.DirFS("../migrations"), func(t *testing.T, d *db.DB) {
		u, err := users.New(users.Config{Name: "Conduit", Secrets: []string{strings.Repeat("k", 32)}, TokenLifetime: time.Hour, Passwords: auth.PasswordConfig{Memory: 1024, Time: 1}})
		if err != nil {
			t.Fatal(err)
		}
		p := profiles.New(u.Users)
		ar := articles.New(p.Profiles)
		a := app.New(app.Config{DB: d, Logger: slog.New(slog.DiscardHandler)})
		a.Register(u, p, ar, comments.New(ar.Articles, p.Profiles))
		h, err := a.Handler()
		if err != nil {
			t.Fatal(err)
		}
		c := apitest.New(t, h)
		f(t, c, d, func(name string) *apitest.Client {
			t.Helper()
			row, err := u.Auth.Register(context.Background(), d, auth.Visit{}, users.User{Username: name, Email: name + "@example.com"}, "jakejake")
			if err != nil {
				t.Fatal(err)
			}
			token, err := u.Auth.Issue(row)
			if err != nil {
				t.Fatal(err)
			}
			c := c.With("Authorization", "Token "+token)
			c.Post("/api/articles", fmt.Sprintf(`{"article": {"title": %q, "description": "x", "body": "x"}}`, name)).Expect(201)
			return c
		})
	}, app.Auth())
}
