package comments_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"

	"github.com/terem-go/terem/examples/conduit/comments"
)

func say(c *apitest.Client, slug, body string) comments.CommentRead {
	var got comments.CommentReply
	c.Post("/api/articles/"+slug+"/comments", map[string]any{"comment": map[string]any{"body": body}}).Expect(201).JSON(&got)
	return got.Comment
}

func list(c *apitest.Client, slug string) (all []string) {
	var got comments.CommentsReply
	c.Get("/api/articles/" + slug + "/comments").Expect(200).JSON(&got)
	for _, said := range got.Comments {
		all = append(all, fmt.Sprint(said.Author.Username, said.Author.Following, said.Body))
	}
	return all
}

func TestComments(t *testing.T) {
	each(t, func(t *testing.T, c *apitest.Client, d *db.DB, join func(string) *apitest.Client) {
		jake, ada := join("jake"), join("ada")
		ada.Post("/api/profiles/jake/follow", nil).Expect(200)
		if got := list(c, "jake"); got != nil {
			t.Errorf("there are %v", got)
		}
		first := say(ada, "jake", "First")
		second := say(jake, "jake", "Second")
		say(jake, "ada", "Elsewhere")
		if first.Body != "First" || first.Author.Username != "ada" || first.ID == second.ID {
			t.Errorf("said %+v", first)
		}
		if got := strings.Join(list(ada, "jake"), ", "); got != "jaketrueSecond, adafalseFirst" {
			t.Errorf("ada sees %s", got)
		}
		if got := strings.Join(list(c, "jake"), ", "); got != "jakefalseSecond, adafalseFirst" {
			t.Errorf("nobody sees %s", got)
		}
		path := fmt.Sprintf("/comments/%d", first.ID)
		jake.Delete("/api/articles/jake"+path).ExpectError(403, "comments.forbidden") // not even on one's own article
		ada.Delete("/api/articles/ada"+path).ExpectError(404, "comments.not_found")   // it is on another one
		ada.Delete("/api/articles/nothing"+path).ExpectError(404, "articles.not_found")
		for _, id := range []string{"x", "1.5", "99999999999999999999"} {
			ada.Delete("/api/articles/jake/comments/" + id).Expect(422)
		}
		ada.Delete("/api/articles/jake/comments/-1").ExpectError(404, "comments.not_found")
		ada.Delete("/api/articles/jake" + path).Expect(204)
		ada.Delete("/api/articles/jake"+path).ExpectError(404, "comments.not_found")
		if got := strings.Join(list(c, "jake"), ", "); got != "jakefalseSecond" {
			t.Errorf("left is %s", got)
		}
		// They go with their article.
		jake.Delete("/api/articles/jake").Expect(204)
		ada.Get("/api/articles/jake/comments").ExpectError(404, "articles.not_found")
		c.Post("/api/articles/ada/comments", map[string]any{"comment": map[string]any{"body": "x"}}).ExpectError(401, "users.token_missing")
		c.Delete("/api/articles/ada/comments/1").ExpectError(401, "users.token_missing")
	})
}

func TestStatements(t *testing.T) {
	each(t, func(t *testing.T, c *apitest.Client, d *db.DB, join func(string) *apitest.Client) {
		jake := join("jake")
		for i := range 20 {
			say(jake, "jake", fmt.Sprint(i))
		}
		dbtest.Watch(d, func() { list(jake, "jake") }).AtMost(t, 5) // the caller, the article, comments, authors, follows
	})
}

// Whoever comments on an article while it is deleted has commented, or is told that it
// is gone.
func TestDeletedMeanwhile(t *testing.T) {
	each(t, func(t *testing.T, c *apitest.Client, d *db.DB, join func(string) *apitest.Client) {
		jake, ada := join("jake"), join("ada")
		for i := range 5 {
			path := fmt.Sprintf("/api/articles/again%d", i)
			jake.Post("/api/articles", fmt.Sprintf(`{"article": {"title": "again%d", "description": "x", "body": "x"}}`, i)).Expect(201)
			var wg sync.WaitGroup
			for range 3 {
				wg.Go(func() {
					if r := ada.Post(path+"/comments", `{"comment": {"body": "x"}}`); r.Status != 201 && r.Status != 404 {
						t.Errorf("a comment: %d %s", r.Status, r.Body)
					}
				})
				wg.Go(func() {
					if r := ada.Post(path+"/favorite", nil); r.Status != 200 && r.Status != 404 {
						t.Errorf("a mark: %d %s", r.Status, r.Body)
					}
				})
			}
			wg.Go(func() { jake.Delete(path).Expect(204) })
			wg.Wait()
		}
	})
}
