package main

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/internal/scaffold/app/utils"
	"github.com/terem-go/terem/jobs"
)

// Every text that comes from outside is stored and shown as it is, or refused: nothing
// breaks, whatever it is. TEREM_HOSTILE says how many texts are tried in each field.
func TestHostileTexts(t *testing.T) {
	t.Parallel()
	texts := apitest.Hostile(200)
	if n, err := strconv.Atoi(os.Getenv("TEREM_HOSTILE")); err == nil {
		texts = apitest.Hostile(n)
	}
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		h, err := testApp(t, d, "TRUSTED_PROXIES=192.0.2.1/32").Handler()
		if err != nil {
			t.Fatal(err)
		}
		c, browser := apitest.New(t, h), apitest.New(t, h).Browser()
		const password = "correct horse battery"
		browser.Submit("/signup", map[string]string{"name": "Ada", "email": "ada@example.com", "password": password}).Expect(303)
		var eve struct{ ID int64 }
		c.Post("/api/users", map[string]any{"name": "Eve", "email": "eve@example.com", "password": password}).Expect(201).JSON(&eve)
		err = d.Do(context.Background(), func(ctx context.Context, s *db.Session) error {
			_, err := s.Exec(ctx, "UPDATE users SET is_superuser = TRUE WHERE email = 'ada@example.com'")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		var token struct {
			AccessToken string `json:"access_token"`
		}
		c.Post("/api/auth/login", map[string]any{"email": "ada@example.com", "password": password}).Expect(200).JSON(&token)
		ada := c.As(token.AccessToken)
		ada.Post("/api/users/me/factor", map[string]any{"current_password": password}).Expect(200) // to be confirmed by a code

		// These texts are as long as may be: whoever has them is refused before anything is hashed.
		long := strings.Repeat("é", 600)
		hers := fmt.Sprintf("/api/users/%d", eve.ID)
		const unfit, elsewhere = "Ada <ada@example.com>", "new@example.com"
		pages := strings.HasSuffix(t.Name(), "/sqlite") // each text is tried in pages on one engine and in the API on the other,
		programs, requests := !pages, 0                 // and one of ten in both on both: it takes long enough
		check := func(what, text string, r *apitest.Response) {
			t.Helper()
			requests++
			lost := r.Status == 404 && what != "path" && what != "page not found" && what != "page login end"
			if r.Status >= 500 || lost {
				t.Errorf("%s %q: status %d\n%s", what, text, r.Status, r.Body)
			}
			if to := r.Header.Get("Location"); to != "" && (!strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n")) {
				t.Errorf("%s %q: leads to %q", what, text, to)
			}
			var u struct{ Name string }
			switch {
			case r.Status == 200 && (what == "name" || what == "a user's name"):
				if err := json.Unmarshal([]byte(r.Body), &u); err != nil || u.Name != utils.OneLine(text) {
					t.Errorf("%s: %q became %q, %v", what, text, u.Name, err)
				}
			case r.Status == 303 && what == "page name":
				if page := browser.Get("/account").Expect(200).Body; !strings.Contains(html.UnescapeString(page), `value="`+utils.OneLine(text)+`"`) {
					t.Errorf("%s: %q is not in the page:\n%s", what, text, page)
				}
			case strings.Contains(text, "<script>") && strings.Contains(r.Header.Get("Content-Type"), "html") && strings.Contains(r.Body, text):
				t.Errorf("%s %q: is in the page as it is\n%s", what, text, r.Body)
			}
		}
		for n, text := range texts {
			pages, programs := pages || n%10 == 0, programs || n%10 == 0
			// Each from a place of its own, so that attempts are not refused before they are looked at.
			place := fmt.Sprintf("10.%d.%d.1", n/250, n%250)
			public, guest := c.With("X-Forwarded-For", place), c.Browser().With("X-Forwarded-For", place)
			query := "?" + url.Values{"token": {text}, "next": {text}}.Encode()
			// call and submit send the text in one field of a body whose other fields are right.
			call := func(what string, c *apitest.Client, method, path string, fields ...string) {
				if programs {
					check(what, text, c.Do(method, path, rawJSON(fields)))
				}
			}
			submit := func(what string, c *apitest.Client, path string, fields ...string) {
				if !pages {
					return
				}
				form := map[string]string{}
				for i := 0; i < len(fields); i += 2 {
					form[fields[i]] = fields[i+1]
				}
				check(what, text, c.Submit(path, form))
			}
			get := func(what string, c *apitest.Client, path string) {
				if pages && strings.HasPrefix(what, "page ") || programs && !strings.HasPrefix(what, "page ") {
					check(what, text, c.Get(path))
				}
			}
			call("register email", public, "POST", "/api/users", "email", text, "name", "x\x01", "password", password)
			call("register name", public, "POST", "/api/users", "name", text, "email", unfit, "password", password)
			call("register password", public, "POST", "/api/users", "password", text, "email", unfit, "name", "Ada")
			call("login email", public, "POST", "/api/auth/login", "email", text, "password", long)
			call("login password", c, "POST", "/api/auth/login", "password", text, "email", "eve@example.com")
			call("login code", c, "POST", "/api/auth/login", "code", text, "email", "eve@example.com", "password", long)
			call("refresh", c, "POST", "/api/auth/refresh", "refresh_token", text)
			call("logout", c, "POST", "/api/auth/logout", "refresh_token", text)
			call("confirm", c, "POST", "/api/auth/confirm", "token", text)
			call("forgot", public, "POST", "/api/auth/forgot", "email", text)
			call("reset token", c, "POST", "/api/auth/reset", "token", text, "password", password)
			call("reset password", c, "POST", "/api/auth/reset", "password", text, "token", "x")
			call("name", ada, "PATCH", "/api/users/me", "name", text)
			call("new password", ada, "PUT", "/api/users/me/password", "password", text, "current_password", long)
			call("current password", ada, "PUT", "/api/users/me/password", "current_password", text, "password", password)
			call("new address", ada, "PUT", "/api/users/me/email", "email", text, "current_password", long)
			call("address, by password", ada, "PUT", "/api/users/me/email", "current_password", text, "email", elsewhere)
			call("factor", ada, "POST", "/api/users/me/factor", "current_password", text)
			call("factor code", ada, "POST", "/api/users/me/factor/confirm", "code", text)
			call("factor end", ada, "POST", "/api/users/me/factor/end", "current_password", text)
			call("a user's name", ada.With("User-Agent", inHeader(text)), "PATCH", hers, "name", text)
			call("a user's email", ada, "PATCH", hers, "email", text)
			call("a user's role", ada, "PATCH", hers, "role", text)
			call("a name of a field", ada, "PATCH", "/api/users/me", text, "x", "name", "Ada")
			get("users by page", ada, "/api/users?page="+url.QueryEscape(text))
			get("audit query", ada, "/api/audit?cursor="+url.QueryEscape(text))
			get("path", ada, "/api/users/"+url.PathEscape(text))
			get("bearer", c.As(inHeader(text)), "/api/users/me")
			get("page cookie", c.With("Cookie", "login="+inHeader(text)+"; device="+inHeader(text)), "/")
			submit("page signup name", guest, "/signup", "name", text, "email", unfit, "password", password)
			submit("page signup email", guest, "/signup", "email", text, "name", "x\x01", "password", password)
			submit("page signup password", guest, "/signup", "password", text, "email", unfit, "name", "Ada")
			submit("page login email", guest, "/login"+query, "email", text, "password", long)
			submit("page login password", guest, "/login", "password", text, "email", unfit)
			submit("page login code", guest, "/login", "code", text, "email", "eve@example.com", "password", long)
			submit("page login remember", guest, "/login", "remember", text, "email", unfit, "password", long)
			submit("page forgot", guest, "/forgot", "email", text)
			get("page reset", guest, "/reset"+query)
			submit("page reset token", guest, "/reset", "token", text, "password", password)
			submit("page reset password", guest, "/reset", "password", text, "token", "x")
			get("page confirm", guest, "/confirm"+query)
			submit("page confirm token", guest, "/confirm", "token", text)
			get("page login", guest, "/login"+query)
			get("page not found", browser, "/"+url.PathEscape("x"+text))
			submit("page name", browser, "/account", "name", text)
			submit("page new password", browser, "/account/password", "password", text, "current_password", long)
			submit("page current password", browser, "/account/password", "current_password", text, "password", password)
			submit("page new address", browser, "/account/email", "email", text, "current_password", long)
			submit("page address", browser, "/account/email", "current_password", text, "email", elsewhere)
			submit("page factor", browser, "/account/factor", "current_password", text)
			submit("page factor code", browser, "/account/factor/confirm", "code", text)
			submit("page factor end", browser, "/account/factor/end", "current_password", text)
			submit("page login end", browser, "/account/logins/"+url.PathEscape("x"+text)+"/end") // some are the number of a login
		}
		t.Logf("%d texts, %d requests", len(texts), requests)
	}, jobs.Migrations(), app.Auth())
}

// inHeader leaves out what cannot stand in a header.
func inHeader(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, text)
}

// rawJSON returns an object of JSON with names and texts in turns. Every byte is as it
// is, but those that JSON wants escaped: what is no UTF-8 stays so, as an encoder would
// not leave it.
func rawJSON(fields []string) string {
	var b strings.Builder
	for i, text := range fields {
		b.WriteString([]string{`,"`, `:"`}[i%2])
		for _, c := range []byte(text) {
			if c < ' ' || c == '"' || c == '\\' {
				fmt.Fprintf(&b, `\u%04x`, c)
			} else {
				b.WriteByte(c)
			}
		}
		b.WriteByte('"')
	}
	return "{" + b.String()[1:] + "}"
}
