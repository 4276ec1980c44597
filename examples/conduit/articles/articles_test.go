package articles_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/terem-go/terem/accounts"
	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/jobs"

	"github.com/terem-go/terem/examples/conduit/articles"
	"github.com/terem-go/terem/examples/conduit/users"
)

const password = "correct horse battery"

// next tells rows apart that must not share a value.
var next atomic.Int64

// each runs f on both engines, with a client of an application that has this
// domain and the users, and a fresh database.
func each(t *testing.T, f func(t *testing.T, c *apitest.Client, d *db.DB)) {
	t.Parallel()
	dbtest.Each(t, os.DirFS("../migrations"), func(t *testing.T, d *db.DB) {
		u, err := users.New(users.Config{Name: "shop", Secrets: []string{strings.Repeat("k", 32)}})
		if err != nil {
			t.Fatal(err)
		}
		a := app.New(app.Config{DB: d, Logger: slog.New(slog.DiscardHandler)})
		a.Register(u, articles.New())
		h, err := a.Handler()
		if err != nil {
			t.Fatal(err)
		}
		f(t, apitest.New(t, h), d)
	}, jobs.Migrations(), app.Auth())
}

// signUp registers a user and returns a client that is logged in as them.
func signUp(c *apitest.Client, email string) (*apitest.Client, users.UserRead) {
	var u users.UserRead
	c.Post("/api/users", map[string]any{"email": email, "password": password, "name": "Ada"}).Expect(201).JSON(&u)
	var token accounts.Token
	c.Post("/api/auth/login", map[string]any{"email": email, "password": password}).Expect(200).JSON(&token)
	return c.As(token.AccessToken), u
}

// superuser registers a user who may do everything.
func superuser(t *testing.T, c *apitest.Client, d *db.DB) *apitest.Client {
	t.Helper()
	root, u := signUp(c, "root@example.com")
	err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
		return dao.Of[users.User]("users").Patch(ctx, s, u.ID, dao.Set("is_superuser", true))
	})
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// body is what an article is made of.
func body() map[string]any {
	return map[string]any{
		"title":       "Title",
		"description": "Description",
		"body":        "Body",
	}
}

// create makes an article and returns it as its client sees it, and its address.
func create(c *apitest.Client, body map[string]any) (made map[string]any, path string) {
	c.Post("/api/articles", body).Expect(201).JSON(&made)
	return made, "/api/articles/" + text(made["id"])
}

// same fails the test if something differs from what was sent.
func same(t *testing.T, got, sent map[string]any) {
	t.Helper()
	for name, want := range sent {
		if text(got[name]) != text(want) {
			t.Errorf("%s is %s, and %s was sent", name, text(got[name]), text(want))
		}
	}
}

// text returns a value as it stands in JSON and, without quotes, in a query.
func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return strings.Trim(string(b), `"`)
}

// insert inserts a row that others refer to.
func insert[T any](t *testing.T, d *db.DB, table string, row *T) {
	t.Helper()
	err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
		fresh := *row
		if err := dao.Of[T](table).Insert(ctx, s, &fresh); err != nil {
			return err
		}
		*row = fresh
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// aUser inserts a row of users and returns its key.
func aUser(t *testing.T, d *db.DB) int64 {
	t.Helper()
	var row users.User
	row.Email = fmt.Sprint(next.Add(1))
	row.Name = "x"
	row.PasswordHash = "x"
	row.Role = "member"
	insert(t, d, "users", &row)
	return row.ID
}
