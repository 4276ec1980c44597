package articles_test

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"

	"github.com/terem-go/terem/examples/conduit/articles"
	"github.com/terem-go/terem/examples/conduit/users"
)

func TestLifecycle(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		jake, ada := w.join("jake"), w.join("ada")
		slug := publish(jake, "How to train your dragon", "reactjs", "angularjs", "dragons", "Ж")
		path := "/api/articles/" + slug
		made := article(w.Get(path).Expect(200))
		if slug != "how-to-train-your-dragon" || made.Title != "How to train your dragon" || made.Description != "About "+made.Title || made.Body != "Text of "+made.Title ||
			strings.Join(made.TagList, " ") != "reactjs angularjs dragons Ж" || made.Author.Username != "jake" || !made.CreatedAt.Equal(made.UpdatedAt) {
			t.Errorf("made %+v", made)
		}
		// What is left out stays, and so does the slug unless the title changes.
		now := article(jake.Put(path, m{"article": m{"body": "Another"}}).Expect(200))
		if now.Body != "Another" || now.Slug != slug || now.Title != made.Title || len(now.TagList) != 4 || now.UpdatedAt.Before(made.UpdatedAt) || !now.CreatedAt.Equal(made.CreatedAt) {
			t.Errorf("changed to %+v", now)
		}
		if now := article(jake.Put(path, m{"article": m{}}).Expect(200)); now.Slug != slug || now.Body != "Another" {
			t.Errorf("no change makes %+v", now)
		}
		now = article(jake.Put(path, m{"article": m{"title": "Did you train your dragon?", "tagList": []string{"b", "a"}}}).Expect(200))
		if now.Slug != "did-you-train-your-dragon" || strings.Join(now.TagList, " ") != "b a" {
			t.Errorf("changed to %+v", now)
		}
		w.Get(path).ExpectError(404, "articles.not_found")
		path = "/api/articles/" + now.Slug
		ada.Put(path, m{"article": m{"body": "x"}}).ExpectError(403, "articles.forbidden")
		ada.Delete(path).ExpectError(403, "articles.forbidden")
		if now := article(jake.Put(path, m{"article": m{"tagList": []string{}}}).Expect(200)); now.TagList == nil || len(now.TagList) != 0 {
			t.Errorf("the tags are %v", now.TagList)
		}
		jake.Delete(path).Expect(204)
		for _, r := range []*apitest.Response{w.Get(path), jake.Put(path, m{"article": m{"body": "x"}}), jake.Delete(path), jake.Post(path+"/favorite", nil), jake.Delete(path + "/favorite")} {
			r.ExpectError(404, "articles.not_found")
		}
	})
}

func TestSlugs(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		jake := w.join("jake")
		for _, c := range []struct{ title, want string }{
			{"Same title", `same-title`},
			{"Same, title!", `same-title-[a-z2-7]{10}`},
			{"Как дела, Zürich 2?", `как-дела-zürich-2`},
			{"!!!", `[a-z2-7]{10}`},
			{"Feed", `feed-[a-z2-7]{10}`}, // the address of the feed
			{strings.Repeat("长", 255), `长{27}`},
			{" - a - ", `a`},
		} {
			slug := publish(jake, c.title)
			if !regexp.MustCompile("^" + c.want + "$").MatchString(slug) {
				t.Errorf("%q has the slug %s, want %s", c.title, slug, c.want)
			}
			if got := article(w.Get("/api/articles/" + slug).Expect(200)); got.Title != strings.TrimSpace(c.title) {
				t.Errorf("%s is %q", slug, got.Title)
			}
		}
		// At the same time.
		slugs := make([]string, 8)
		var wg sync.WaitGroup
		for i := range slugs {
			wg.Go(func() { slugs[i] = publish(jake, "Race") })
		}
		wg.Wait()
		slices.Sort(slugs)
		if len(slices.Compact(slugs)) != len(slugs) {
			t.Errorf("two articles have one slug: %v", slugs)
		}
		// A title that another article gets, and one's own.
		other := "/api/articles/" + publish(jake, "Other")
		if got := article(jake.Put(other, m{"article": m{"title": "Race"}}).Expect(200)).Slug; !strings.HasPrefix(got, "race-") {
			t.Errorf("the slug is %s", got)
		}
		if got := article(jake.Put("/api/articles/same-title", m{"article": m{"title": "same TITLE"}}).Expect(200)).Slug; got != "same-title" {
			t.Errorf("the slug is %s", got)
		}
	})
}

func TestLists(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		jake, ada := w.join("jake"), w.join("ada")
		for i := range 5 {
			publish([]*apitest.Client{jake, ada}[i%2], fmt.Sprintf("a%d", i), []string{"even", "odd"}[i%2], "all")
		}
		for _, slug := range []string{"a3", "a0", "a4"} {
			jake.Post("/api/articles/"+slug+"/favorite", nil).Expect(200)
		}
		for query, want := range map[string]string{
			"":                                 "5 a4 a3 a2 a1 a0",
			"?limit=2":                         "5 a4 a3",
			"?limit=2&offset=3":                "5 a1 a0",
			"?offset=5":                        "5 ",
			"?offset=1000000000":               "5 ",
			"?tag=all":                         "5 a4 a3 a2 a1 a0",
			"?tag=odd":                         "2 a3 a1",
			"?tag=odd&offset=1":                "2 a1",
			"?tag=none":                        "0 ",
			"?author=jake":                     "3 a4 a2 a0",
			"?author=jake&limit=1&offset=1":    "3 a2",
			"?author=nobody":                   "0 ",
			"?favorited=jake":                  "3 a4 a3 a0", // by the articles' time, not that of the mark
			"?favorited=jake&limit=1&offset=2": "3 a0",
			"?favorited=ada":                   "0 ",
			"?favorited=nobody":                "0 ",
			"?author=ada&tag=odd":              "2 a3 a1",
			"?author=ada&tag=even":             "0 ",
			"?author=ada&tag=all&limit=1":      "2 a3",
			"?favorited=jake&tag=even":         "2 a4 a0",
			"?favorited=jake&author=ada":       "1 a3",
			"?favorited=jake&author=jake&tag=all&limit=1&offset=1": "2 a0",
			"?favorited=jake&author=nobody":                        "0 ",
		} {
			titles, count := list(w.Client, query)
			if got := fmt.Sprint(count, " ", titles); got != want {
				t.Errorf("%s: %s, want %s", query, got, want)
			}
		}
		var tags struct{ Tags []string }
		w.Get("/api/tags").Expect(200).JSON(&tags)
		if got := strings.Join(tags.Tags, " "); got != "all even odd" {
			t.Errorf("the tags are %s", got)
		}
	})
}

func TestFeed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		reader, jake, ada, eve := w.join("reader"), w.join("jake"), w.join("ada"), w.join("eve")
		feed := func(query, want string) {
			t.Helper()
			titles, count := list(reader, "/feed"+query)
			if got := fmt.Sprint(count, " ", titles); got != want {
				t.Errorf("the feed%s is %s, want %s", query, got, want)
			}
		}
		feed("", "0 ")
		for i, c := range []*apitest.Client{jake, ada, eve, jake, jake, eve, ada} {
			publish(c, fmt.Sprintf("a%d", i))
		}
		feed("", "0 ")
		reader.Post("/api/profiles/jake/follow", nil).Expect(200)
		feed("", "3 a4 a3 a0")
		reader.Post("/api/profiles/ada/follow", nil).Expect(200)
		feed("", "5 a6 a4 a3 a1 a0")
		feed("?limit=2", "5 a6 a4")
		feed("?limit=2&offset=3", "5 a1 a0")
		feed("?offset=5", "5 ")
		reader.Delete("/api/profiles/jake/follow").Expect(200)
		feed("", "2 a6 a1")
		ada.Delete("/api/articles/a6").Expect(204)
		feed("", "1 a1")
		w.Get("/api/articles/feed").ExpectError(401, "users.token_missing")
	})
}

// Whoever looks sees what they have marked and whom they follow.
func TestViewer(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		jake, ada := w.join("jake"), w.join("ada")
		path := "/api/articles/" + publish(jake, "One")
		ada.Post("/api/profiles/jake/follow", nil).Expect(200)
		ada.Post(path+"/favorite", nil).Expect(200)
		for name, c := range map[string]struct {
			client *apitest.Client
			sees   bool
		}{"ada": {ada, true}, "jake": {jake, false}, "nobody": {w.Client, false}} {
			one := article(c.client.Get(path).Expect(200))
			var all struct {
				Articles []struct {
					Favorited      bool
					FavoritesCount int
					Author         struct{ Following bool }
				}
			}
			c.client.Get("/api/articles").Expect(200).JSON(&all)
			if one.Favorited != c.sees || one.Author.Following != c.sees || one.FavoritesCount != 1 || all.Articles[0].Favorited != c.sees || all.Articles[0].Author.Following != c.sees || all.Articles[0].FavoritesCount != 1 {
				t.Errorf("%s sees %+v and %+v", name, one, all)
			}
		}
	})
}

// Marks are counted once each, however many come at the same time.
func TestFavorites(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		jake := w.join("jake")
		path := "/api/articles/" + publish(jake, "One")
		readers := make([]*apitest.Client, 6)
		for i := range readers {
			readers[i] = w.join(fmt.Sprintf("reader%d", i))
		}
		all := func(do func(c *apitest.Client) *apitest.Response, want int64) {
			t.Helper()
			var wg sync.WaitGroup
			for _, c := range readers {
				for range 3 {
					wg.Go(func() { do(c).Expect(200) })
				}
			}
			wg.Wait()
			if got := article(w.Get(path).Expect(200)); got.FavoritesCount != want {
				t.Errorf("%d marks, want %d", got.FavoritesCount, want)
			}
			if _, count := list(w.Client, "?favorited=reader0"); int64(count)*6 != want {
				t.Errorf("reader0 has marked %d articles", count)
			}
		}
		favorite := func(c *apitest.Client) *apitest.Response { return c.Post(path+"/favorite", nil) }
		unfavorite := func(c *apitest.Client) *apitest.Response { return c.Delete(path + "/favorite") }
		all(favorite, 6)
		all(unfavorite, 0)
		if got := article(favorite(readers[0]).Expect(200)); !got.Favorited || got.FavoritesCount != 1 {
			t.Errorf("the answer to a mark is %+v", got)
		}
		if got := article(unfavorite(readers[0]).Expect(200)); got.Favorited || got.FavoritesCount != 0 {
			t.Errorf("the answer to its end is %+v", got)
		}
	})
}

// The numbers in article_counts are those that counting would find, whatever happens
// to articles, also at the same time.
func TestCounts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		clients := []*apitest.Client{w.join("jake"), w.join("ada"), w.join("eve")}
		var wg sync.WaitGroup
		for i, c := range clients {
			wg.Go(func() {
				for n := range 4 {
					path := "/api/articles/" + publish(c, fmt.Sprintf("a%d%d", i, n), "all", fmt.Sprintf("t%d", n), fmt.Sprintf("u%d", i))
					for _, reader := range clients {
						reader.Post(path+"/favorite", nil).Expect(200)
					}
					clients[(i+1)%3].Delete(path + "/favorite").Expect(200)
					c.Put(path, m{"article": m{"tagList": []string{fmt.Sprintf("t%d", 3-n), "all"}}}).Expect(200)
					if n%2 == 0 {
						c.Delete(path).Expect(204)
					}
				}
			})
		}
		wg.Wait()
		rows := func() (all []string) {
			err := w.db.Read(context.Background(), func(ctx context.Context, r *db.Reader) error {
				rows, err := r.Query(ctx, "SELECT kind, CASE WHEN kind = 'all' THEN '' ELSE name END, CAST(sum(articles) AS BIGINT) FROM article_counts GROUP BY 1, 2 HAVING sum(articles) <> 0 ORDER BY 1, 2")
				if err != nil {
					return err
				}
				defer rows.Close()
				for rows.Next() {
					var kind, name string
					var n int64
					if err := rows.Scan(&kind, &name, &n); err != nil {
						return err
					}
					all = append(all, fmt.Sprint(kind, " ", name, " ", n))
				}
				return rows.Err()
			})
			if err != nil {
				t.Fatal(err)
			}
			return all
		}
		kept := rows()
		if len(kept) < 8 || !slices.Contains(kept, "all  6") {
			t.Errorf("counted %v", kept)
		}
		if err := w.db.Do(context.Background(), func(ctx context.Context, s *db.Session) error { return w.articles.Articles.Recount(ctx, s) }); err != nil {
			t.Fatal(err)
		}
		if counted := rows(); !slices.Equal(kept, counted) {
			t.Errorf("kept %v, counted %v", kept, counted)
		}
	})
}

// A list costs as many statements for a hundred articles as for two.
func TestStatements(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		jake, ada := w.join("jake"), w.join("ada")
		jake.Post("/api/profiles/ada/follow", nil).Expect(200)
		jake.Post("/api/profiles/jake/follow", nil).Expect(200)
		costs := func() (all []int) {
			for _, query := range []string{"?limit=1000", "?limit=1000&author=ada", "?limit=1000&tag=t", "?limit=1000&favorited=jake", "?limit=1000&favorited=jake&author=ada&tag=t", "/feed?limit=1000"} {
				sent := dbtest.Watch(w.db, func() { jake.Get("/api/articles" + query).Expect(200) })
				sent.AtMost(t, 6) // the caller, at most two names, how long the lists are, the count, the page
				all = append(all, len(sent.Statements))
			}
			return all
		}
		make2 := func(n int) {
			for i := range n {
				for _, c := range []*apitest.Client{jake, ada} {
					jake.Post("/api/articles/"+publish(c, fmt.Sprint("a", i), "t", "u")+"/favorite", nil).Expect(200)
				}
			}
		}
		make2(1)
		few := costs()
		make2(20)
		if many := costs(); !slices.Equal(few, many) {
			t.Errorf("two articles cost %v statements, and more cost %v", few, many)
		}
		dbtest.Watch(w.db, func() { jake.Get("/api/articles/a0").Expect(200) }).AtMost(t, 2)
		var author *users.User
		err := w.db.Read(context.Background(), func(ctx context.Context, r *db.Reader) (err error) {
			author, err = w.users.Users.ByUsername(ctx, r, "jake")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		dbtest.Watch(w.db, func() {
			err := w.db.Do(context.Background(), func(ctx context.Context, s *db.Session) error {
				a := &articles.Article{Summary: articles.Summary{Title: "Once", Description: "x", AuthorID: author.ID}, Body: "x"}
				return w.articles.Articles.Create(ctx, s, a, []string{"t", "u", "v"})
			})
			if err != nil {
				t.Error(err)
			}
		}).AtMost(t, 5) // three of them for the tags, on SQLite
	})
}
