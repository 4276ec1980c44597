package seed_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"

	"github.com/terem-go/terem/examples/conduit/articles"
	"github.com/terem-go/terem/examples/conduit/comments"
	"github.com/terem-go/terem/examples/conduit/profiles"
	"github.com/terem-go/terem/examples/conduit/services/seed"
	"github.com/terem-go/terem/examples/conduit/users"
)

func TestRun(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, os.DirFS("../../migrations"), func(t *testing.T, d *db.DB) {
		u, err := users.New(users.Config{Name: "Conduit", Secrets: []string{strings.Repeat("k", 32)}, TokenLifetime: time.Hour, Passwords: auth.PasswordConfig{Memory: 1024, Time: 1}})
		if err != nil {
			t.Fatal(err)
		}
		p := profiles.New(u.Users)
		a := articles.New(p.Profiles)
		c := comments.New(a.Articles, p.Profiles)
		sv := seed.New(seed.Config{Auth: u.Auth, Users: u.Users, Follows: p.Profiles.Repository, Articles: a.Articles, Comments: c.Comments})
		ctx := context.Background()
		for _, size := range []seed.Size{{Articles: -1}, {}, {Articles: seed.Least - 1}, {Articles: seed.Most + 1}, {Articles: 10, Users: 1}, {Articles: 10, Users: seed.Most + 1}} {
			if err := sv.Run(ctx, d, new(bytes.Buffer), size, "x"); err == nil {
				t.Errorf("%+v was made", size)
			}
		}
		const n = 1211 // no round number of anything
		var out bytes.Buffer
		if err := sv.Run(ctx, d, &out, seed.Size{Articles: n, Users: 40}, "jakejake"); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), "articles: 1211 of 1211\n") || !strings.Contains(out.String(), "users: 40 of 40\n") {
			t.Errorf("it tells:\n%s", out.String())
		}
		if err := sv.Run(ctx, d, &out, seed.Size{Articles: n, Users: 40}, "jakejake"); !errors.Is(err, seed.ErrNotEmpty) {
			t.Errorf("a second run: %v", err)
		}
		reader, err := u.Auth.Authenticate(ctx, d, "user1@example.com", "jakejake", auth.Visit{})
		if err != nil {
			t.Fatal(err)
		}
		err = d.Read(ctx, func(ctx context.Context, r *db.Reader) error {
			views, total, err := a.Views.List(ctx, r, reader.ID, articles.Wanted{}, 20, 0)
			if err != nil {
				return err
			}
			if total != n || len(views) != 20 || views[0].Title != "Article 1211" || len(views[0].Tags) != 3 || views[0].Author.Username == "" {
				t.Errorf("%d articles, the newest of which is %+v", total, views[0])
			}
			if _, total, err = a.Articles.Feed(ctx, r, reader.ID, 20, 0); total == 0 || err != nil {
				t.Errorf("the feed has %d articles: %v", total, err)
			}
			var wrong int64
			err = r.QueryRow(ctx, "SELECT count(*) FROM articles a WHERE favorites_count <> (SELECT count(*) FROM favorites f WHERE f.article_id = a.id)").Scan(&wrong)
			if wrong > 0 {
				t.Errorf("%d articles have another number of marks than they say", wrong)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		// What is written afterwards gets ids of its own.
		if _, err := u.Auth.Register(ctx, d, auth.Visit{}, users.User{Username: "jake", Email: "jake@example.com"}, "jakejake"); err != nil {
			t.Error(err)
		}
	}, app.Auth())
}
