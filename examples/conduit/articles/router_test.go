package articles_test

import (
	"strings"
	"testing"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"

	"github.com/terem-go/terem/examples/conduit/articles"
)

func TestLifecycle(t *testing.T) {
	each(t, func(t *testing.T, c *apitest.Client, d *db.DB) {
		ada, u := signUp(c, "ada@example.com")
		sent := body()
		made, path := create(ada, sent)
		same(t, made, sent)
		same(t, made, map[string]any{"author_id": u.ID})
		var got map[string]any
		ada.Get(path).Expect(200).JSON(&got)
		same(t, got, made)
		for _, change := range []map[string]any{
			{"title": "Another title"},
			{"description": "Another description"},
			{"body": "Another body"},
			{},
		} {
			ada.Patch(path, change).Expect(200).JSON(&got)
			same(t, got, change)
			before := got
			ada.Get(path).Expect(200).JSON(&got)
			same(t, got, before)
		}
		ada.Delete(path).Expect(204)
		ada.Get(path).ExpectError(404, "articles.not_found")
		ada.Patch(path, map[string]any{}).ExpectError(404, "articles.not_found")
		ada.Delete(path).ExpectError(404, "articles.not_found")
	})
}

func TestRefuses(t *testing.T) {
	each(t, func(t *testing.T, c *apitest.Client, d *db.DB) {
		ada, _ := signUp(c, "ada@example.com")
		_, path := create(ada, body())
		for _, wrong := range []map[string]any{
			{"title": 7},
			{"title": ""},
			{"title": strings.Repeat("x", 201)},
			{"description": 7},
			{"description": ""},
			{"description": strings.Repeat("x", 201)},
			{"body": 7},
			{"nonsense": 1},
			{"id": 7},
			{"author_id": 1},
		} {
			sent := body()
			for name, value := range wrong {
				sent[name] = value
			}
			if r := ada.Post("/api/articles", sent); r.Status != 422 {
				t.Errorf("POST with %s: status %d, want 422\n%s", text(wrong), r.Status, r.Body)
			}
			if r := ada.Patch(path, wrong); r.Status != 422 {
				t.Errorf("PATCH with %s: status %d, want 422\n%s", text(wrong), r.Status, r.Body)
			}
		}
		for _, name := range []string{"title", "description", "body"} {
			sent := body()
			sent[name] = nil
			ada.Post("/api/articles", sent).Expect(422)
			delete(sent, name)
			ada.Post("/api/articles", sent).Expect(422)
		}
	})
}

func TestList(t *testing.T) {
	each(t, func(t *testing.T, c *apitest.Client, d *db.DB) {
		ada, _ := signUp(c, "ada@example.com")
		made, _ := create(ada, body())
		for _, want := range []struct {
			query string
			finds int
		}{
			{"created_at[gte]=2000-01-01T00:00:00Z", 1},
			{"created_at[lte]=2000-01-01T00:00:00Z", 0},
			{"title=" + text(made["title"]), 1},
			{"title=-", 0},
			{"description=" + text(made["description"]), 1},
			{"description=-", 0},
			{"author_id=" + text(made["author_id"]), 1},
			{"author_id=1000000", 0},
		} {
			var page api.Slice[articles.ArticleRead]
			ada.Get("/api/articles?" + strings.ReplaceAll(want.query, " ", "%20")).Expect(200).JSON(&page)
			if len(page.Items) != want.finds {
				t.Errorf("%s finds %d, want %d", want.query, len(page.Items), want.finds)
			}
		}
		for _, query := range []string{"nonsense=1", "sort=nonsense", "size=0", "cursor=nonsense"} {
			ada.Get("/api/articles?" + query).Expect(422)
		}

		create(ada, body())
		create(ada, body())
		var first, second api.Slice[articles.ArticleRead]
		ada.Get("/api/articles?size=2&sort=-created_at").Expect(200).JSON(&first)
		ada.Get("/api/articles?size=2&sort=-created_at&cursor=" + first.Next).Expect(200).JSON(&second)
		if len(first.Items) != 2 || len(second.Items) != 1 || second.Next != "" || text(second.Items[0].ID) != text(made["id"]) {
			t.Errorf("the newest two are %+v, and behind them comes %+v; want the first one that was made", first, second)
		}
		for _, sort := range strings.Split("created_at,-created_at,title,-title,description,-description", ",") {
			var page, rest api.Slice[articles.ArticleRead]
			ada.Get("/api/articles?size=2&sort=" + sort).Expect(200).JSON(&page)
			ada.Get("/api/articles?sort=" + sort + "&cursor=" + page.Next).Expect(200).JSON(&rest)
			if len(page.Items) != 2 || len(rest.Items) != 1 {
				t.Errorf("sorted by %s there are %d and %d, want 2 and 1", sort, len(page.Items), len(rest.Items))
			}
		}
	})
}

// A page costs the same, however long it is: who calls, and the rows.
func TestListCosts(t *testing.T) {
	each(t, func(t *testing.T, c *apitest.Client, d *db.DB) {
		ada, _ := signUp(c, "ada@example.com")
		for range 3 {
			create(ada, body())
			dbtest.Watch(d, func() { ada.Get("/api/articles").Expect(200) }).AtMost(t, 2)
		}
	})
}

func TestPolicies(t *testing.T) {
	each(t, func(t *testing.T, c *apitest.Client, d *db.DB) {
		eve, _ := signUp(c, "eve@example.com")
		root := superuser(t, c, d)
		for _, route := range []struct {
			method, path      string
			nobody, eve, root int
		}{
			{"POST", "/api/articles", 401, 422, 422}, // 422: let through, but without a body
			{"GET", "/api/articles", 401, 200, 200},
			{"GET", "/api/articles/99", 401, 404, 404},
			{"PATCH", "/api/articles/99", 401, 422, 422},
			{"DELETE", "/api/articles/99", 401, 404, 404},
		} {
			var body any
			if route.method == "POST" || route.method == "PATCH" {
				body = "[]"
			}
			for _, caller := range []struct {
				name string
				c    *apitest.Client
				want int
			}{{"nobody", c, route.nobody}, {"eve", eve, route.eve}, {"root", root, route.root}} {
				if r := caller.c.Do(route.method, route.path, body); r.Status != caller.want {
					t.Errorf("%s %s as %s: status %d, want %d\n%s", route.method, route.path, caller.name, r.Status, caller.want, r.Body)
				}
			}
		}
	})
}

// Nobody sees or changes what belongs to somebody else, but superusers.
func TestOthers(t *testing.T) {
	each(t, func(t *testing.T, c *apitest.Client, d *db.DB) {
		ada, _ := signUp(c, "ada@example.com")
		eve, _ := signUp(c, "eve@example.com")
		root := superuser(t, c, d)
		made, path := create(ada, body())
		eve.Get(path).ExpectError(404, "articles.not_found")
		eve.Patch(path, map[string]any{}).ExpectError(404, "articles.not_found")
		eve.Delete(path).ExpectError(404, "articles.not_found")
		for name, want := range map[string]struct {
			c     *apitest.Client
			finds int
		}{"ada": {ada, 1}, "eve": {eve, 0}, "root": {root, 1}} {
			var page api.Slice[articles.ArticleRead]
			want.c.Get("/api/articles").Expect(200).JSON(&page)
			if len(page.Items) != want.finds {
				t.Errorf("%s sees %d, want %d", name, len(page.Items), want.finds)
			}
		}
		var got map[string]any
		root.Patch(path, map[string]any{}).Expect(200).JSON(&got)
		same(t, got, map[string]any{"id": made["id"], "author_id": made["author_id"]})
		root.Delete(path).Expect(204)
		ada.Get(path).Expect(404)
	})
}
