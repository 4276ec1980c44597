package articles_test

import (
	"context"
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
	"github.com/terem-go/terem/examples/conduit/profiles"
	"github.com/terem-go/terem/examples/conduit/users"
)

// world is an application with this domain and those that it uses, on a fresh
// database.
type world struct {
	*apitest.Client // nobody's
	t               *testing.T
	db              *db.DB
	users           *users.Domain
	profiles        *profiles.Domain
	articles        *articles.Domain
}

// each runs f on both engines.
func each(t *testing.T, f func(t *testing.T, w *world)) {
	t.Parallel()
	dbtest.Each(t, os.DirFS("../migrations"), func(t *testing.T, d *db.DB) {
		u, err := users.New(users.Config{Name: "Conduit", Secrets: []string{strings.Repeat("k", 32)}, TokenLifetime: time.Hour, Passwords: auth.PasswordConfig{Memory: 1024, Time: 1}})
		if err != nil {
			t.Fatal(err)
		}
		p := profiles.New(u.Users)
		w := &world{t: t, db: d, users: u, profiles: p, articles: articles.New(p.Profiles)}
		a := app.New(app.Config{DB: d, Logger: slog.New(slog.DiscardHandler)})
		a.Register(u, p, w.articles)
		h, err := a.Handler()
		if err != nil {
			t.Fatal(err)
		}
		w.Client = apitest.New(t, h)
		f(t, w)
	}, app.Auth())
}

// join registers somebody and returns a client of theirs.
func (w *world) join(name string) *apitest.Client {
	w.t.Helper()
	row, err := w.users.Auth.Register(context.Background(), w.db, auth.Visit{}, users.User{Username: name, Email: name + "@example.com"}, "jakejake")
	if err != nil {
		w.t.Fatal(err)
	}
	token, err := w.users.Auth.Issue(row)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.With("Authorization", "Token "+token)
}

type m = map[string]any

// publish publishes an article, and returns its slug.
func publish(c *apitest.Client, title string, tags ...string) string {
	if tags == nil {
		tags = []string{}
	}
	return article(c.Post("/api/articles", m{"article": m{"title": title, "description": "About " + title, "body": "Text of " + title, "tagList": tags}}).Expect(201)).Slug
}

// article is what an answer says of one.
func article(r *apitest.Response) (got struct {
	Slug, Title, Description, Body string
	TagList                        []string
	CreatedAt, UpdatedAt           time.Time
	Favorited                      bool
	FavoritesCount                 int64
	Author                         struct {
		Username  string
		Following bool
	}
}) {
	reply := struct{ Article any }{&got}
	r.JSON(&reply)
	return got
}

// list returns the titles of a list, in its order, and how many it says it has.
func list(c *apitest.Client, query string) (titles string, count int) {
	var got struct {
		Articles      []struct{ Title string }
		ArticlesCount int
	}
	c.Get("/api/articles" + query).Expect(200).JSON(&got)
	names := []string{}
	for _, a := range got.Articles {
		names = append(names, a.Title)
	}
	return strings.Join(names, " "), got.ArticlesCount
}
