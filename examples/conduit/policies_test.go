package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/jobs"
)

// Every route lets in whom its policy names, and nobody else: nobody, a user and a
// superuser ask for each, also for ids that are another user's.
func TestEveryPolicy(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		a := testApp(t, d)
		h, err := a.Handler()
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := a.Run(t.Context(), []string{"routes", "--json"}, &out); err != nil {
			t.Fatal(err)
		}
		var routes []api.Route
		if err := json.Unmarshal(out.Bytes(), &routes); err != nil {
			t.Fatal(err)
		}
		c, users := apitest.New(t, h), 0
		// visit signs up by the form, so that row 1 of users and of logins is the first
		// one's, and returns a client of the pages and one of the API.
		visit := func(super bool) (browser, program *apitest.Client) {
			users++
			email, password := fmt.Sprintf("user%d@example.com", users), "correct horse battery"
			browser = c.Browser()
			browser.Submit("/signup", map[string]string{"name": "Ada", "email": email, "password": password}).Expect(303)
			if super {
				err := d.Do(context.Background(), func(ctx context.Context, s *db.Session) error {
					_, err := s.Exec(ctx, "UPDATE users SET is_superuser = TRUE WHERE email = $1", email)
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			var token struct {
				AccessToken string `json:"access_token"`
			}
			c.Post("/api/auth/login", map[string]any{"email": email, "password": password}).Expect(200).JSON(&token)
			return browser, c.As(token.AccessToken)
		}
		visit(false) // the other one
		browser, program := visit(false)
		rootBrowser, root := visit(true)
		for _, r := range routes {
			var b strings.Builder
			for segment := range strings.SplitSeq(strings.TrimPrefix(r.Path, "/"), "/") {
				switch {
				case segment == "{$}":
					segment = ""
				case strings.HasPrefix(segment, "{"):
					segment = "1"
				}
				b.WriteString("/" + segment)
			}
			path := b.String()
			if r.Method != "GET" { // it may log out or delete whoever calls it
				browser, program = visit(false)
				rootBrowser, root = visit(true)
			}
			page := !strings.HasPrefix(path, "/api/")
			ask := func(browser, program *apitest.Client) int {
				if page {
					return browser.With("Content-Type", "application/x-www-form-urlencoded").Do(r.Method, path, "").Status
				}
				return program.Do(r.Method, path, nil).Status
			}
			check := func(who string, status int, let bool) {
				if refused := status == 401 || status == 403 || page && status == 303 && who == "nobody"; refused == let {
					t.Errorf("%s %s (%s) as %s: status %d", r.Method, path, r.Policy, who, status)
				}
			}
			nobody := c.Browser()
			if r.Policy == "api.Public" {
				if !page || r.Method == "GET" {
					check("nobody ", ask(nobody, c), true)
				}
				continue
			}
			check("nobody", ask(nobody, c), false)
			as := ask(browser, program)
			switch r.Policy {
			case "users.Required", "users.Member":
				check("a user", as, true)
				if r.Method == "DELETE" && strings.Contains(r.Path, "{") && as != 404 {
					t.Errorf("%s %s deletes what is another user's: status %d", r.Method, path, as)
				}
			default: // users.Superuser, users.Need("…")
				check("a user", as, false)
			}
			check("a superuser", ask(rootBrowser, root), true)
		}
	}, jobs.Migrations(), app.Auth())
}
