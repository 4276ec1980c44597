package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/jobs"
)

// m is an object of JSON.
type m = map[string]any

// as returns a client with a token.
func as(c *apitest.Client, token string) *apitest.Client {
	return c.With("Authorization", "Token "+token)
}

// join registers a user by the API and returns a client of theirs.
func join(c *apitest.Client, name string) *apitest.Client {
	var got struct{ User struct{ Token string } }
	c.Post("/api/users", m{"user": m{"username": name, "email": name + "@example.com", "password": "jakejake"}}).Expect(201).JSON(&got)
	return as(c, got.User.Token)
}

// refuses fails the test unless an answer has the status and, in the form of the
// specification, a message about the named thing.
func refuses(t *testing.T, r *apitest.Response, status int, about, message string) {
	t.Helper()
	var got struct{ Errors map[string][]string }
	r.Expect(status).JSON(&got)
	if len(got.Errors[about]) == 0 || message != "" && !slices.Contains(got.Errors[about], message) {
		t.Errorf("%s: %s does not say %s: %q", r.Request, r.Body, about, message)
	}
}

func eachSpec(t *testing.T, f func(t *testing.T, c *apitest.Client, d *db.DB, seen *conforming)) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		h, err := testApp(t, d).Handler()
		if err != nil {
			t.Fatal(err)
		}
		seen := conform(t)
		f(t, apitest.New(t, seen.around(h)), d, seen)
	}, jobs.Migrations(), app.Auth())
}

// Every status of every operation that the specification names is met, and every
// answer is what it says of it: no member is missing, and none is more.
func TestSpecification(t *testing.T) {
	eachSpec(t, func(t *testing.T, c *apitest.Client, _ *db.DB, seen *conforming) {
		jake, ada := join(c, "jake"), join(c, "ada")
		bad := as(c, "abc.def.ghi")
		// users
		login := m{"user": m{"email": "jake@example.com", "password": "jakejake"}}
		c.Post("/api/users/login", login).Expect(200)
		refuses(t, c.Post("/api/users/login", m{"user": m{"email": "jake@example.com", "password": "wrong"}}), 401, "credentials", "invalid")
		refuses(t, c.Post("/api/users/login", m{"user": m{"email": "nobody@example.com", "password": "wrong"}}), 401, "credentials", "invalid")
		refuses(t, c.Post("/api/users/login", m{"user": m{"email": "", "password": " "}}), 422, "email", "can't be blank")
		refuses(t, c.Post("/api/users", m{"user": m{"username": "jake", "email": "other@example.com", "password": "x"}}), 409, "username", "has already been taken")
		refuses(t, c.Post("/api/users", m{"user": m{"username": "other", "email": "JAKE@example.com", "password": "x"}}), 409, "email", "has already been taken")
		refuses(t, c.Post("/api/users", m{"user": m{"username": "", "email": "", "password": ""}}), 422, "password", "can't be blank")
		jake.Get("/api/user").Expect(200)
		refuses(t, c.Get("/api/user"), 401, "token", "is missing")
		refuses(t, bad.Get("/api/user"), 401, "token", "is invalid")
		refuses(t, jake.Get("/api/user?x=1"), 422, "x", "")
		jake.Put("/api/user", m{"user": m{"bio": "I work at statefarm"}}).Expect(200)
		refuses(t, c.Put("/api/user", m{"user": m{"bio": "x"}}), 401, "token", "is missing")
		refuses(t, jake.Put("/api/user", m{"user": m{}}), 422, "user", "")
		refuses(t, jake.Put("/api/user", m{"user": m{"email": "ada@example.com"}}), 422, "email", "has already been taken")
		// profiles
		for _, path := range []string{"/api/profiles/jake", "/api/profiles/nobody"} {
			found := path == "/api/profiles/jake"
			for _, r := range []*apitest.Response{ada.Get(path), c.Get(path), ada.Post(path+"/follow", nil), ada.Delete(path + "/follow")} {
				if found {
					r.Expect(200)
				} else {
					refuses(t, r, 404, "profile", "not found")
				}
			}
		}
		refuses(t, bad.Get("/api/profiles/jake"), 401, "token", "is invalid")
		refuses(t, c.Post("/api/profiles/jake/follow", nil), 401, "token", "is missing")
		refuses(t, c.Delete("/api/profiles/jake/follow"), 401, "token", "is missing")
		long := strings.Repeat("x", 65)
		refuses(t, c.Get("/api/profiles/"+long), 422, "username", "")
		refuses(t, ada.Post("/api/profiles/"+long+"/follow", nil), 422, "username", "")
		refuses(t, ada.Delete("/api/profiles/"+long+"/follow"), 422, "username", "")
		// articles
		article := m{"article": m{"title": "How to train your dragon", "description": "Ever wonder how?", "body": "You have to believe", "tagList": []string{"reactjs", "dragons"}}}
		var made struct{ Article struct{ Slug string } }
		jake.Post("/api/articles", article).Expect(201).JSON(&made)
		path := "/api/articles/" + made.Article.Slug
		refuses(t, c.Post("/api/articles", article), 401, "token", "is missing")
		refuses(t, jake.Post("/api/articles", m{"article": m{"title": "", "description": "x", "body": "x"}}), 422, "title", "can't be blank")
		ada.Post("/api/profiles/jake/follow", nil).Expect(200)
		for _, list := range []string{"/api/articles", "/api/articles?tag=dragons&author=jake&favorited=ada&limit=5&offset=1"} {
			c.Get(list).Expect(200)
			ada.Get(list).Expect(200)
		}
		refuses(t, bad.Get("/api/articles"), 401, "token", "is invalid")
		refuses(t, c.Get("/api/articles?limit=0"), 422, "limit", "")
		ada.Get("/api/articles/feed").Expect(200)
		refuses(t, c.Get("/api/articles/feed"), 401, "token", "is missing")
		refuses(t, ada.Get("/api/articles/feed?offset=-1"), 422, "offset", "")
		c.Get(path).Expect(200)
		bad.Get(path).Expect(200) // no 401 is specified here
		refuses(t, c.Get("/api/articles/nothing"), 404, "article", "not found")
		refuses(t, c.Get(path+"?x=1"), 422, "x", "")
		for _, way := range []func(c *apitest.Client, path string) *apitest.Response{
			func(c *apitest.Client, path string) *apitest.Response { return c.Post(path+"/favorite", nil) },
			func(c *apitest.Client, path string) *apitest.Response { return c.Delete(path + "/favorite") },
		} {
			way(ada, path).Expect(200)
			refuses(t, way(c, path), 401, "token", "is missing")
			refuses(t, way(ada, "/api/articles/nothing"), 404, "article", "not found")
			refuses(t, way(ada, "/api/articles/"+strings.Repeat("x", 121)), 422, "slug", "")
		}
		// comments
		var said struct{ Comment struct{ ID int64 } }
		comment := m{"comment": m{"body": "His name was my name too."}}
		ada.Post(path+"/comments", comment).Expect(201).JSON(&said)
		refuses(t, c.Post(path+"/comments", comment), 401, "token", "is missing")
		refuses(t, ada.Post("/api/articles/nothing/comments", comment), 404, "article", "not found")
		refuses(t, ada.Post(path+"/comments", m{"comment": m{"body": " "}}), 422, "body", "can't be blank")
		c.Get(path + "/comments").Expect(200)
		ada.Get(path + "/comments").Expect(200)
		refuses(t, bad.Get(path+"/comments"), 401, "token", "is invalid")
		refuses(t, c.Get("/api/articles/nothing/comments"), 404, "article", "not found")
		refuses(t, c.Get(path+"/comments?x=1"), 422, "x", "")
		own := fmt.Sprintf("%s/comments/%d", path, said.Comment.ID)
		refuses(t, c.Delete(own), 401, "token", "is missing")
		refuses(t, jake.Delete(own), 403, "comment", "forbidden")
		refuses(t, ada.Delete(path+"/comments/x"), 422, "id", "")
		ada.Delete(own).Expect(204)
		refuses(t, ada.Delete(own), 404, "comment", "not found")
		refuses(t, ada.Delete("/api/articles/nothing/comments/1"), 404, "article", "not found")
		// tags
		c.Get("/api/tags").Expect(200)
		refuses(t, c.Get("/api/tags?x=1"), 422, "x", "")
		// changes
		jake.Put(path, m{"article": m{"description": "Another"}}).Expect(200)
		refuses(t, c.Put(path, m{"article": m{"body": "x"}}), 401, "token", "is missing")
		refuses(t, ada.Put(path, m{"article": m{"body": "x"}}), 403, "article", "forbidden")
		refuses(t, jake.Put("/api/articles/nothing", m{"article": m{"body": "x"}}), 404, "article", "not found")
		refuses(t, jake.Put(path, m{"article": m{"body": ""}}), 422, "body", "can't be blank")
		refuses(t, c.Delete(path), 401, "token", "is missing")
		refuses(t, ada.Delete(path), 403, "article", "forbidden")
		refuses(t, jake.Delete("/api/articles/"+strings.Repeat("x", 121)), 422, "slug", "")
		jake.Delete(path).Expect(204)
		refuses(t, jake.Delete(path), 404, "article", "not found")

		// A title that another article has is no conflict: endpoints.md asks for another slug.
		if got := seen.missing(); !slices.Equal(got, []string{"post /articles 409"}) {
			t.Errorf("not seen: %s", strings.Join(got, ", "))
		}
	})
}

// What is null, empty, missing, of another type, twice, unknown or too long is refused
// with 422 and the name of the field, whatever it is in.
func TestAmbiguousInputs(t *testing.T) {
	eachSpec(t, func(t *testing.T, c *apitest.Client, _ *db.DB, _ *conforming) {
		jake := join(c, "jake")
		jake.Post("/api/articles", m{"article": m{"title": "Mine", "description": "x", "body": "x"}}).Expect(201)
		type input struct {
			method, path, envelope string
			fields                 m
			optional               []string
		}
		inputs := []input{
			{"POST", "/api/users", "user", m{"username": "a", "email": "a@example.com", "password": "x"}, nil},
			{"POST", "/api/users/login", "user", m{"email": "a@example.com", "password": "x"}, nil},
			{"PUT", "/api/user", "user", m{"username": "jake", "email": "jake@example.com", "password": "jakejake"}, []string{"username", "email", "password"}},
			{"POST", "/api/articles", "article", m{"title": "x", "description": "x", "body": "x"}, nil},
			{"PUT", "/api/articles/mine", "article", m{"title": "Mine", "description": "x", "body": "x"}, []string{"title", "description", "body"}},
			{"POST", "/api/articles/mine/comments", "comment", m{"body": "x"}, nil},
		}
		for _, in := range inputs {
			try := func(about string, body any) {
				t.Helper()
				refuses(t, jake.Do(in.method, in.path, body), 422, about, "")
			}
			with := func(name string, value any) m {
				fields := m{}
				for n, v := range in.fields {
					fields[n] = v
				}
				if fields[name] = value; value == missing {
					delete(fields, name)
				}
				return m{in.envelope: fields}
			}
			for name := range in.fields {
				for _, wrong := range []any{nil, "", " \n\t", 7, true, []string{"x"}, m{}, strings.Repeat("x", 200_001), "x\x00y"} {
					about := name
					if wrong == "x\x00y" {
						about = "body"
					}
					try(about, with(name, wrong))
				}
				if !slices.Contains(in.optional, name) {
					try(name, with(name, missing))
				}
			}
			try("nonsense", with("nonsense", 1))
			try(in.envelope, m{})
			try(in.envelope, m{in.envelope: nil})
			try(in.envelope, m{in.envelope: []int{}})
			try("body", "[]")
			try("request", "")
			try("request", "{")
			try("request", "\xff")
			name := in.envelope
			encoded, err := json.Marshal(in.fields)
			if err != nil {
				t.Fatal(err)
			}
			try("body", fmt.Sprintf(`{%q: %s, %q: %s}`, name, encoded, name, encoded)) // twice
		}
		for _, wrong := range []any{nil, "x", 7, []any{nil}, []any{7}, []string{""}, []string{" "}, []string{" x"}, []string{"x", "x"}, []string{strings.Repeat("x", 65)},
			strings.Split(strings.Repeat("x,", 33), ",")} {
			refuses(t, jake.Post("/api/articles", m{"article": m{"title": "x", "description": "x", "body": "x", "tagList": wrong}}), 422, "tagList", "")
			refuses(t, jake.Put("/api/articles/mine", m{"article": m{"tagList": wrong}}), 422, "tagList", "")
		}
		for _, address := range []string{"x", "x@", "Jake <jake@example.com>", "a@b, c@d"} {
			refuses(t, c.Post("/api/users", m{"user": m{"username": "b", "email": address, "password": "x"}}), 422, "email", "is invalid")
		}
		for _, name := range []string{".", "..", "a\u202eb"} {
			refuses(t, c.Post("/api/users", m{"user": m{"username": name, "email": "b@example.com", "password": "x"}}), 422, "username", "is invalid")
		}
		for query, about := range map[string]string{
			"limit=0": "limit", "limit=-1": "limit", "limit=x": "limit", "limit=1001": "limit", "limit=99999999999999999999": "limit", "limit=1.5": "limit",
			"offset=-1": "offset", "offset=x": "offset", "tag=%00": "tag", "author=%ff": "author", "nonsense=1": "nonsense", "%": "request",
		} {
			for _, path := range []string{"/api/articles?", "/api/articles/feed?"} {
				if strings.Contains(path, "feed") && (about == "tag" || about == "author") {
					continue // not one of its parameters
				}
				refuses(t, jake.Get(path+query), 422, about, "")
			}
		}
		// Empty ones are none.
		jake.Get("/api/articles?tag=&author=&favorited=").Expect(200)
	})
}

// missing is the value of a member that is left out.
var missing = new(int)

// The document of this application says of each operation what the specification says.
func TestOpenAPI(t *testing.T) {
	t.Parallel()
	spec := readSpecification(t)
	h, err := testApp(t, dbtest.SQLite(t, migrations, jobs.Migrations(), app.Auth())).Handler()
	if err != nil {
		t.Fatal(err)
	}
	ours := new(specification)
	apitest.New(t, h).Get("/openapi.json").Expect(200).JSON(ours)
	for path := range ours.Paths {
		if below, is := strings.CutPrefix(path, "/api"); is && spec.Paths[below] == nil {
			t.Errorf("%s is not specified", path)
		}
	}
	if diff := cmp.Diff(spec.Components.SecuritySchemes, ours.Components.SecuritySchemes); diff != "" {
		t.Errorf("security schemes (-want +got):\n%s", diff)
	}
	for path, methods := range spec.Paths {
		for method, want := range methods {
			got, there := ours.Paths["/api"+path][method]
			if !there {
				t.Errorf("%s %s is missing", method, path)
				continue
			}
			if diff := cmp.Diff(want.Security, got.Security); diff != "" {
				t.Errorf("%s %s: security (-want +got):\n%s", method, path, diff)
			}
			if diff := cmp.Diff(names(want.Parameters), names(got.Parameters)); diff != "" {
				t.Errorf("%s %s: parameters (-want +got):\n%s", method, path, diff)
			}
			for status := range want.Responses {
				if got.Responses[status] == nil && status != "409" && !(status == "422" && got.Responses["default"] != nil) {
					t.Errorf("%s %s: the status %s is missing", method, path, status)
				}
			}
			if (want.RequestBody == nil) != (got.RequestBody == nil) {
				t.Errorf("%s %s: only one has a body", method, path)
			} else if want.RequestBody != nil {
				if diff := cmp.Diff(shape(spec, want.RequestBody), shape(ours, got.RequestBody)); diff != "" {
					t.Errorf("%s %s: the body (-want +got):\n%s", method, path, diff)
				}
			}
		}
	}
}

func names(parameters []parameter) (all []string) {
	for _, p := range parameters {
		all = append(all, p.String())
	}
	slices.Sort(all)
	return all
}

// shape is what matters to clients of a schema.
func shape(sp *specification, s *schema) any {
	s = sp.resolve(s)
	if s.Properties == nil {
		types := s.types()
		slices.Sort(types)
		return types
	}
	all := m{"required": s.required()}
	for name, of := range s.Properties {
		all["."+name] = shape(sp, of)
	}
	return all
}

// Pages of other origins may call the API where the settings say so.
func TestCORS(t *testing.T) {
	t.Parallel()
	d := dbtest.SQLite(t, migrations, jobs.Migrations(), app.Auth())
	h, err := testApp(t, d, "CORS_ORIGINS=https://front.example").Handler()
	if err != nil {
		t.Fatal(err)
	}
	c := apitest.New(t, h).With("Origin", "https://front.example")
	r := c.With("Access-Control-Request-Method", "PUT").With("Access-Control-Request-Headers", "authorization,content-type").Do("OPTIONS", "/api/user", nil).Expect(204)
	for name, want := range map[string]string{"Access-Control-Allow-Origin": "https://front.example", "Access-Control-Allow-Headers": "authorization,content-type", "Access-Control-Allow-Methods": "PUT"} {
		if got := r.Header.Get(name); !strings.EqualFold(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got := c.Get("/api/user").Expect(401).Header.Get("Access-Control-Allow-Origin"); got != "https://front.example" {
		t.Errorf("an error may be read by %q", got)
	}
}
