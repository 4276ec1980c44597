package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/jobs"
)

var (
	seeded = flag.String("seeded", "1000", "how many articles the databases of BenchmarkLists get, with commas between")
	kept   = flag.String("kept", "", "URLs of databases for BenchmarkLists to use instead, with commas between; seed has filled them, and they stay")
)

// asked is what BenchmarkLists asks for, and who asks: user1 follows a hundred where
// there are so many users, and reader follows nine.
var asked = []struct{ who, path string }{
	{"user1", "/api/articles"},
	{"user1", "/api/articles?offset=500"},
	{"user1", "/api/articles?author=user2"},
	{"user1", "/api/articles?tag=topic1"},
	{"user1", "/api/articles?tag=theme1&limit=10"},
	{"user1", "/api/articles?favorited=user2"},
	{"user1", "/api/articles?favorited=user2&tag=topic3"},
	{"user1", "/api/articles?author=user2&tag=topic1"},
	{"user1", "/api/articles?author=user2&favorited=user2"}, // none
	{"reader", "/api/articles/feed"},
	{"user1", "/api/articles/feed"},
	{"user1", "/api/articles/article-1"},
	{"user1", "/api/articles/article-1/comments"},
	{"user1", "/api/tags"},
}

// BenchmarkLists tells what lists and pages cost, in milliseconds for each number of
// articles, on which it should not depend. Databases of all sizes are asked by turns,
// and the best turn of each counts, so that other work on the machine does not matter.
//
//	go test -run '^$' -bench Lists . -seeded 1000,100000,1000000
//	go test -run '^$' -bench Lists . -kept sqlite:small.db,sqlite:large.db,postgres://…
func BenchmarkLists(b *testing.B) {
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		b.Run(string(dialect), func(b *testing.B) {
			var all []*filled
			for _, url := range urls(b, dialect) {
				all = append(all, newFilled(b, url))
			}
			for _, l := range asked {
				b.Run(l.who+" "+l.path, func(b *testing.B) {
					const turn = 5
					best := make([]time.Duration, len(all))
					for b.Loop() {
						for i, f := range all {
							c, begin := f.clients[l.who], time.Now()
							for range turn {
								c.Get(l.path).Expect(200)
							}
							if took := time.Since(begin) / turn; best[i] == 0 || took < best[i] {
								best[i] = took
							}
						}
					}
					b.ReportMetric(0, "ns/op")
					for i, f := range all {
						b.ReportMetric(best[i].Seconds()*1000, fmt.Sprintf("ms/%d", f.articles))
					}
				})
			}
		})
	}
}

// urls returns those of an engine's databases, which are made unless they are kept.
func urls(b *testing.B, dialect db.Dialect) (all []string) {
	if *kept != "" {
		for url := range strings.SplitSeq(*kept, ",") {
			if strings.HasPrefix(url, string(dialect)) {
				all = append(all, url)
			}
		}
		return all
	}
	for n := range strings.SplitSeq(*seeded, ",") {
		open := dbtest.SQLiteURL
		if dialect == db.Postgres {
			open = dbtest.PostgresURL
		}
		url := open(b, migrations, jobs.Migrations(), app.Auth())
		if err := testApp(b, dbtest.Open(b, url)).Run(b.Context(), []string{"seed", "--articles", n}, io.Discard); err != nil {
			b.Fatal(err)
		}
		all = append(all, url)
	}
	return all
}

// filled is a database with articles, and who asks it.
type filled struct {
	articles int
	clients  map[string]*apitest.Client
}

func newFilled(b *testing.B, url string) *filled {
	d := dbtest.Open(b, url)
	if d.Dialect() == db.Postgres {
		vacuum(b, url)
	}
	h, err := testApp(b, d).Handler()
	if err != nil {
		b.Fatal(err)
	}
	c := apitest.New(b, h)
	var page struct{ ArticlesCount int }
	c.Get("/api/articles?limit=1").Expect(200).JSON(&page)
	f := &filled{page.ArticlesCount, map[string]*apitest.Client{}}
	c.Post("/api/users", m{"user": m{"username": "reader", "email": "reader@example.com", "password": "jakejake"}}) // unless they are there
	for _, l := range asked {
		name := l.who
		if f.clients[name] != nil {
			continue
		}
		var got struct{ User struct{ Token string } }
		c.Post("/api/users/login", m{"user": m{"email": name + "@example.com", "password": "jakejake"}}).Expect(200).JSON(&got)
		f.clients[name] = as(c, got.User.Token)
	}
	for i := range 9 {
		f.clients["reader"].Post("/api/profiles/user"+strconv.Itoa(i+2)+"/follow", nil).Expect(200)
	}
	return f
}

// vacuum does what PostgreSQL's own daemon does some time after very much was written.
func vacuum(b *testing.B, url string) {
	conn, err := pgx.Connect(b.Context(), url)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(b.Context(), "VACUUM ANALYZE"); err != nil {
		b.Fatal(err)
	}
}
