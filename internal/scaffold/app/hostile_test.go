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
		c.Post("/api/users", map[string]any{"name": "Eve", "email": "eve@example.com", "password": password}).Expect(201)
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

		// These texts are as long as may be: whoever has them is refused before anything is hashed.
		long := strings.Repeat("é", 600)
		const unfit, elsewhere = "Ada <ada@example.com>", "new@example.com"
		requests := 0
		// call sends a text in one field of a body whose other fields are right.
		call := func(c *apitest.Client, method, path, field, text string, rest ...string) *apitest.Response {
			var body strings.Builder
			body.WriteString("{" + rawJSON(field) + ":" + rawJSON(text))
			for i := 0; i < len(rest); i += 2 {
				body.WriteString("," + rawJSON(rest[i]) + ":" + rawJSON(rest[i+1]))
			}
			return c.Do(method, path, body.String()+"}")
		}
		submit := func(c *apitest.Client, path, field, text string, rest ...string) *apitest.Response {
			form := map[string]string{field: text}
			for i := 0; i < len(rest); i += 2 {
				form[rest[i]] = rest[i+1]
			}
			return c.Submit(path, form)
		}
		for n, text := range texts {
			// Each from a place of its own, so that attempts are not refused before they are looked at.
			place := fmt.Sprintf("10.%d.%d.1", n/250, n%250)
			public, guest := c.With("X-Forwarded-For", place), c.Browser().With("X-Forwarded-For", place)
			query := "?" + url.Values{"token": {text}, "next": {text}, "cursor": {text}, "page": {text}, "size": {text}}.Encode()
			for what, r := range map[string]*apitest.Response{
				"register email":       call(public, "POST", "/api/users", "email", text, "name", "x\x01", "password", password),
				"register name":        call(public, "POST", "/api/users", "name", text, "email", unfit, "password", password),
				"register password":    call(public, "POST", "/api/users", "password", text, "email", unfit, "name", "Ada"),
				"login email":          call(public, "POST", "/api/auth/login", "email", text, "password", long),
				"login password":       call(c, "POST", "/api/auth/login", "password", text, "email", "eve@example.com"),
				"login code":           call(c, "POST", "/api/auth/login", "code", text, "email", "eve@example.com", "password", long),
				"refresh":              call(c, "POST", "/api/auth/refresh", "refresh_token", text),
				"logout":               call(c, "POST", "/api/auth/logout", "refresh_token", text),
				"confirm":              call(c, "POST", "/api/auth/confirm", "token", text),
				"forgot":               call(public, "POST", "/api/auth/forgot", "email", text),
				"reset token":          call(c, "POST", "/api/auth/reset", "token", text, "password", password),
				"reset password":       call(c, "POST", "/api/auth/reset", "password", text, "token", "x"),
				"name":                 call(ada, "PATCH", "/api/users/me", "name", text),
				"new password":         call(ada, "PUT", "/api/users/me/password", "password", text, "current_password", long),
				"current password":     call(ada, "PUT", "/api/users/me/password", "current_password", text, "password", password),
				"new address":          call(ada, "PUT", "/api/users/me/email", "email", text, "current_password", long),
				"address, by password": call(ada, "PUT", "/api/users/me/email", "current_password", text, "email", elsewhere),
				"factor":               call(ada, "POST", "/api/users/me/factor", "current_password", text),
				"factor code":          call(ada, "POST", "/api/users/me/factor/confirm", "code", text),
				"factor end":           call(ada, "POST", "/api/users/me/factor/end", "current_password", text),
				"a user's name":        call(ada.With("User-Agent", inHeader(text)), "PATCH", "/api/users/2", "name", text),
				"a user's email":       call(ada, "PATCH", "/api/users/2", "email", text),
				"a user's role":        call(ada, "PATCH", "/api/users/2", "role", text),
				"a name of a field":    call(ada, "PATCH", "/api/users/me", text, "x", "name", "Ada"),
				"users query":          ada.Get("/api/users" + query),
				"audit query":          ada.Get("/api/audit" + query),
				"path":                 ada.Get("/api/users/" + url.PathEscape(text)),
				"bearer":               c.As(inHeader(text)).Get("/api/users/me"),
				"cookie":               c.With("Cookie", "login="+inHeader(text)+"; device="+inHeader(text)).Get("/"),

				"page signup name":      submit(guest, "/signup", "name", text, "email", unfit, "password", password),
				"page signup email":     submit(guest, "/signup", "email", text, "name", "x\x01", "password", password),
				"page signup password":  submit(guest, "/signup", "password", text, "email", unfit, "name", "Ada"),
				"page login email":      submit(guest, "/login"+query, "email", text, "password", long),
				"page login password":   submit(guest, "/login", "password", text, "email", unfit),
				"page login code":       submit(guest, "/login", "code", text, "email", "eve@example.com", "password", long),
				"page login remember":   submit(guest, "/login", "remember", text, "email", unfit, "password", long),
				"page forgot":           submit(guest, "/forgot", "email", text),
				"page reset":            guest.Get("/reset" + query),
				"page reset token":      submit(guest, "/reset", "token", text, "password", password),
				"page reset password":   submit(guest, "/reset", "password", text, "token", "x"),
				"page confirm":          guest.Get("/confirm" + query),
				"page confirm token":    submit(guest, "/confirm", "token", text),
				"page login":            guest.Get("/login" + query),
				"page not found":        browser.Get("/" + url.PathEscape("x"+text)),
				"page name":             submit(browser, "/account", "name", text),
				"page new password":     submit(browser, "/account/password", "password", text, "current_password", long),
				"page current password": submit(browser, "/account/password", "current_password", text, "password", password),
				"page new address":      submit(browser, "/account/email", "email", text, "current_password", long),
				"page address":          submit(browser, "/account/email", "current_password", text, "email", elsewhere),
				"page factor":           submit(browser, "/account/factor", "current_password", text),
				"page factor code":      submit(browser, "/account/factor/confirm", "code", text),
				"page factor end":       submit(browser, "/account/factor/end", "current_password", text),
				"page login end":        browser.With("Content-Type", "application/x-www-form-urlencoded").Post("/account/logins/"+url.PathEscape(text)+"/end", ""),
			} {
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
				case strings.ContainsAny(text, "<") && strings.Contains(text, ">") && strings.Contains(r.Header.Get("Content-Type"), "html") && strings.Contains(r.Body, text) && text != "<b>":
					t.Errorf("%s %q: is in the page as it is\n%s", what, text, r.Body)
				}
			}
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

// rawJSON returns a text as a string of JSON in which every byte is as it is, but those
// that JSON wants escaped: what is no UTF-8 stays so, as an encoder would not leave it.
func rawJSON(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(text) {
		switch c := text[i]; {
		case c < ' ' || c == '"' || c == '\\':
			fmt.Fprintf(&b, `\u%04x`, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String() + `"`
}
