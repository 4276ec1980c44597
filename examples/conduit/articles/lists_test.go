package articles_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/terem-go/terem/db"

	"github.com/terem-go/terem/examples/conduit/articles"
	"github.com/terem-go/terem/examples/conduit/profiles"
	"github.com/terem-go/terem/examples/conduit/users"
)

// Whichever way lists and feeds are read, there is in them what should be: with authors
// of no article and of very many, filters that leave much and little, and pages far out.
func TestListsOfMany(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const authors, total = 1500, 3000
		r := w.articles.Articles
		people, rows := make([]users.User, authors), make([]articles.Article, total)
		for i := range people {
			people[i] = users.User{Username: fmt.Sprint("u", i), Email: fmt.Sprint("u", i, "@example.com"), PasswordHash: "x"}
		}
		author := func(i int) int64 { // a third is by the first, and many have written nothing
			if i%3 == 0 {
				return people[0].ID
			}
			return people[1+i*7%999].ID
		}
		parts := [][2]int{{0, 0}, {0, 1}, {0, 40}, {1, 30}, {0, 1400}, {900, 1500}, {1100, 1500}}
		tags := func(i int) []string { return []string{fmt.Sprint("few", i%100), fmt.Sprint("many", i%2)} }
		marks := func(i int, user int64) bool {
			return user == people[1].ID && i%5 > 0 || user == people[2].ID && i%50 == 0
		}
		err := w.db.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
			for i := range people {
				people[i].ID = 0
			}
			if err := w.users.Users.InsertMany(ctx, s, people); err != nil {
				return err
			}
			for i := range rows {
				rows[i] = articles.Article{Summary: articles.Summary{Slug: fmt.Sprint("a", i), Title: "x", Description: "x", AuthorID: author(i), CreatedAt: time.Now(), UpdatedAt: time.Now()}, Body: "x"}
			}
			if err := r.InsertMany(ctx, s, rows); err != nil {
				return err
			}
			var tagged []articles.Tag
			var marked []articles.Favorite
			for i := range rows {
				for position, name := range tags(i) {
					tagged = append(tagged, articles.Tag{ArticleID: rows[i].ID, Position: position, Name: name})
				}
				for _, user := range people[1:3] {
					if marks(i, user.ID) {
						marked = append(marked, articles.Favorite{UserID: user.ID, ArticleID: rows[i].ID})
					}
				}
			}
			if err := r.Tagged().InsertMany(ctx, s, tagged); err != nil {
				return err
			}
			if err := r.Marked().InsertMany(ctx, s, marked); err != nil {
				return err
			}
			// The feed of each of the first people has the articles of a part of all.
			var follows []profiles.Follow
			for reader, part := range parts {
				for _, p := range people[part[0]:part[1]] {
					follows = append(follows, profiles.Follow{FollowerID: people[reader].ID, FolloweeID: p.ID})
				}
			}
			if err := w.profiles.Profiles.InsertMany(ctx, s, follows); err != nil {
				return err
			}
			return r.Recount(ctx, s)
		})
		if err != nil {
			t.Fatal(err)
		}
		check := func(ctx context.Context, what string, in func(i int) bool, list func(ctx context.Context, limit, offset int) ([]articles.View, int64, error)) error {
			var all []int64
			for i := total - 1; i >= 0; i-- {
				if in(i) {
					all = append(all, rows[i].ID)
				}
			}
			for _, page := range [][2]int{{20, 0}, {20, 7}, {1, 0}, {1000, 0}, {20, len(all) / 2}, {20, max(0, len(all)-3)}, {20, len(all)}} {
				got, count, err := list(ctx, page[0], page[1])
				if err != nil {
					return err
				}
				ids := []int64{}
				for _, a := range got {
					ids = append(ids, a.ID)
				}
				if want := all[min(page[1], len(all)):min(page[0]+page[1], len(all))]; !slices.Equal(ids, want) || int(count) != len(all) {
					t.Errorf("%s, limit and offset %v: %d of %d articles, want %d of %d:\n%v\n%v", what, page, len(ids), count, len(want), len(all), ids, want)
				}
			}
			return nil
		}
		err = w.db.Read(t.Context(), func(ctx context.Context, q *db.Reader) error {
			for _, tag := range []string{"", "few7", "many1", "none"} {
				for _, author := range []int64{0, people[0].ID, people[8].ID, -1} {
					for _, reader := range []int64{0, people[1].ID, people[2].ID} {
						in := func(i int) bool {
							return (tag == "" || slices.Contains(tags(i), tag)) && (author == 0 || rows[i].AuthorID == author) && (reader == 0 || marks(i, reader))
						}
						err := check(ctx, fmt.Sprintf("tag %q, author %d, marked by %d", tag, author, reader), in, func(ctx context.Context, limit, offset int) ([]articles.View, int64, error) {
							return r.List(ctx, q, 0, tag, author, reader, limit, offset)
						})
						if err != nil {
							return err
						}
					}
				}
			}
			for reader, part := range parts {
				followed := map[int64]bool{}
				for _, p := range people[part[0]:part[1]] {
					followed[p.ID] = true
				}
				err := check(ctx, fmt.Sprint("the feed of who follows people ", part), func(i int) bool { return followed[rows[i].AuthorID] }, func(ctx context.Context, limit, offset int) ([]articles.View, int64, error) {
					return r.Feed(ctx, q, people[reader].ID, limit, offset)
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
