package main

import (
	"context"
	"flag"
	"io"
	"strconv"
	"testing"

	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/jobs"
)

var seeded = flag.Int("seeded", 1000, "how many articles BenchmarkLists makes first")

// BenchmarkLists asks for what lists and pages cost, which should not depend on how
// many articles there are:
//
//	go test -run ^$ -bench Lists . -seeded 1000
//	go test -run ^$ -bench Lists . -seeded 1000000
func BenchmarkLists(b *testing.B) {
	for name, open := range map[string]func(b *testing.B) *db.DB{
		"sqlite":   func(b *testing.B) *db.DB { return dbtest.SQLite(b, migrations, jobs.Migrations(), app.Auth()) },
		"postgres": func(b *testing.B) *db.DB { return dbtest.Postgres(b, migrations, jobs.Migrations(), app.Auth()) },
	} {
		b.Run(name, func(b *testing.B) {
			d := open(b)
			a := testApp(b, d)
			if err := a.Run(b.Context(), []string{"seed", "--articles", strconv.Itoa(*seeded)}, io.Discard); err != nil {
				b.Fatal(err)
			}
			if d.Dialect() == db.Postgres { // as its own daemon does some time later
				err := d.Do(b.Context(), func(ctx context.Context, s *db.Session) error {
					_, err := s.Exec(ctx, "ANALYZE")
					return err
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			h, err := a.Handler()
			if err != nil {
				b.Fatal(err)
			}
			c := apitest.New(b, h)
			var got struct{ User struct{ Token string } }
			c.Post("/api/users/login", m{"user": m{"email": "user1@example.com", "password": "jakejake"}}).Expect(200).JSON(&got)
			c = as(c, got.User.Token)
			for _, path := range []string{"/api/articles", "/api/articles?offset=500", "/api/articles?author=user2", "/api/articles?tag=topic1", "/api/articles?tag=detail1",
				"/api/articles?favorited=user2", "/api/articles?favorited=user2&tag=topic1", "/api/articles/feed", "/api/articles/article-1", "/api/articles/article-1/comments", "/api/tags"} {
				b.Run(path[len("/api/"):], func(b *testing.B) {
					for b.Loop() {
						c.Get(path).Expect(200)
					}
				})
			}
		})
	}
}
