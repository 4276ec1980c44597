package main

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/jobs"
	"github.com/terem-go/terem/jobs/jobstest"
)

// What a request says of the host that it is for is in no mail, no redirect and no
// other answer, whichever header says it: links lead to BASE_URL, redirects to a path.
func TestFalseHost(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		a := testApp(t, d, "BASE_URL=https://appname.example", "TRUSTED_PROXIES=192.0.2.1/32")
		h, err := a.Handler()
		if err != nil {
			t.Fatal(err)
		}
		const site = "http://evil.example"
		c := apitest.New(t, h)
		for _, name := range []string{"X-Forwarded-Host", "X-Forwarded-Server", "X-Host", "X-Original-Host", "X-HTTP-Host-Override"} {
			c = c.With(name, "evil.example")
		}
		c = c.With("Forwarded", "for=192.0.2.7;host=evil.example;proto=http").With("X-Forwarded-Proto", "http")
		browser := c.Browser()
		password := "correct horse battery"
		for _, r := range []*apitest.Response{
			browser.Submit(site+"/signup", map[string]string{"name": "Ada", "email": "ada@example.com", "password": password}),
			browser.Submit(site+"/account/email/again", nil),
			browser.Submit(site+"/account/email", map[string]string{"email": "new@example.com", "current_password": password}),
			browser.Submit(site+"/account/password", map[string]string{"password": password + "!", "current_password": password}),
			browser.Submit(site+"/forgot", map[string]string{"email": "ada@example.com"}),
			browser.Submit(site+"/logout", nil),
			browser.Submit(site+"/login?next=%2F%2Fevil.example", map[string]string{"email": "ada@example.com", "password": password + "!"}),
		} {
			if to := r.Expect(303).Header.Get("Location"); !regexp.MustCompile(`^/[a-z]*$`).MatchString(to) {
				t.Errorf("%s leads to %q", r.Request, to)
			}
		}
		c.Post(site+"/api/auth/forgot", map[string]any{"email": "ada@example.com"}).Expect(204)

		jobstest.Run(t, d, a.Workers())
		own := apitest.New(t, h)
		var mails strings.Builder
		box := own.Get("/dev/mail").Expect(200).Body
		mails.WriteString(box)
		for _, path := range regexp.MustCompile(`href="(/dev/mail/[^"]+)"`).FindAllStringSubmatch(box, -1) {
			mails.WriteString(own.Get(path[1]).Expect(200).Body + own.Get(path[1]+"/frame").Body)
		}
		if n := strings.Count(mails.String(), "https://appname.example/"); n < 5 || !strings.Contains(mails.String(), "https://appname.example/reset?token=") || !strings.Contains(mails.String(), "https://appname.example/confirm?token=") {
			t.Errorf("%d links lead to the application:\n%s", n, mails.String())
		}
		if strings.Contains(mails.String(), "evil.example") {
			t.Errorf("a mail names the false host:\n%s", mails.String())
		}

		var out bytes.Buffer
		if err := a.Run(t.Context(), []string{"routes", "--json"}, &out); err != nil {
			t.Fatal(err)
		}
		var routes []api.Route
		if err := json.Unmarshal(out.Bytes(), &routes); err != nil {
			t.Fatal(err)
		}
		for _, r := range append(routes, api.Route{Method: "GET", Path: "/nowhere"}, api.Route{Method: "GET", Path: "/docs"}, api.Route{Method: "GET", Path: "/openapi.json"}, api.Route{Method: "GET", Path: "/account/"}) {
			path := strings.NewReplacer("{$}", "", "{id}", "1").Replace(r.Path)
			for who, c := range map[string]*apitest.Client{"a browser": browser, "a program": c} {
				answer := c.Do(r.Method, site+path, nil)
				for name, values := range answer.Header {
					if strings.Contains(strings.Join(values, " "), "evil") {
						t.Errorf("%s %s: the header %s of the answer to %s names the false host: %s", r.Method, path, name, who, values)
					}
				}
				if strings.Contains(answer.Body, "evil.example") {
					t.Errorf("%s %s: the answer to %s names the false host:\n%s", r.Method, path, who, answer.Body)
				}
			}
		}
	}, jobs.Migrations(), app.Auth())
}
