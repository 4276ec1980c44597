package pages_test

import (
	"log/slog"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/terem-go/terem/accounts"
	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/auth/authtest"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/errs"
	"github.com/terem-go/terem/internal/scaffold/app/pages"
	"github.com/terem-go/terem/internal/scaffold/app/users"
	"github.com/terem-go/terem/jobs"
	"github.com/terem-go/terem/web"
)

// each runs f on both engines, with a browser in front of an application that
// has the pages and the users domain.
func each(t *testing.T, f func(t *testing.T, b *apitest.Client)) {
	t.Parallel()
	dbtest.Each(t, os.DirFS("../migrations"), func(t *testing.T, d *db.DB) {
		u, err := users.New(users.Config{Name: "Appname", Secrets: []string{strings.Repeat("k", 32)}, Secure: true})
		if err != nil {
			t.Fatal(err)
		}
		assets, err := web.NewAssets(os.DirFS("../static"), "/static/")
		if err != nil {
			t.Fatal(err)
		}
		p, err := pages.New(pages.Config{Users: u.Users, Auth: u.Auth, Assets: assets, Key: []byte(strings.Repeat("k", 32)), Secure: true})
		if err != nil {
			t.Fatal(err)
		}
		a := app.New(app.Config{DB: d, Logger: slog.New(slog.DiscardHandler), Assets: assets})
		a.Register(u, p)
		h, err := a.Handler()
		if err != nil {
			t.Fatal(err)
		}
		f(t, apitest.New(t, h).Browser())
	}, jobs.Migrations(), app.Auth())
}

var ada = map[string]string{"name": "Ada <b>", "email": "ada@example.com", "password": "correct horse battery"}

func TestJourney(t *testing.T) {
	each(t, func(t *testing.T, b *apitest.Client) {
		b.Get("/").Expect(200).Contains("Sign up", "Log in")
		b.Get("/account").Expect(401) // main leads to /login instead
		b.Submit("/signup", ada).Expect(303).Follow().Expect(200).Contains("Welcome, Ada &lt;b&gt;!", "ada@example.com", "Log out")
		if r := b.Get("/account").Expect(200); strings.Contains(r.Body, "Welcome") {
			t.Error("the message is shown twice")
		}
		b.Submit("/account", map[string]string{"name": "Countess"}).Expect(303).Follow().Contains("Your name is changed.", `value="Countess"`)
		b.Get("/").Contains("Hello, Countess")

		other := b.Browser()
		other.Submit("/login?next=%2F%3Ffrom%3Dlogin", ada).Expect(303)
		other.Get("/account").Expect(200)
		b.Submit("/logout", nil).Expect(303).Follow().Contains("You are logged out.", "Sign up")
		b.Get("/account").Expect(401)
		b.Submit("/logout", nil).Expect(303)
		other.Get("/account").Expect(200) // another browser stays logged in

		// Whoever logs in once more at a browser leaves no login behind.
		cookie, _, _ := strings.Cut(other.Submit("/login", ada).Expect(303).Header.Get("Set-Cookie"), ";")
		b.Browser().With("Cookie", cookie).Get("/account").Expect(200)
		other.Submit("/login", ada).Expect(303)
		b.Browser().With("Cookie", cookie).Get("/account").Expect(401)
		other.Get("/account").Expect(200)
	})
}

// A form that is wrong is shown again, with what was typed but for passwords.
func TestWrongForms(t *testing.T) {
	each(t, func(t *testing.T, b *apitest.Client) {
		b.Submit("/signup", ada)
		b.Submit("/logout", nil)
		for name, c := range map[string]struct {
			path   string
			change map[string]string
			want   string
		}{
			"taken":      {"/signup", map[string]string{"email": "ADA@example.com"}, "This address is already registered."},
			"no address": {"/signup", map[string]string{"email": "ada@"}, "Please enter an e-mail address"},
			"short":      {"/signup", map[string]string{"password": "short"}, "Please enter at least 12 characters."},
			"control":    {"/signup", map[string]string{"name": "a\x00b", "email": "eve@example.com"}, `aria-invalid="true"`},
			"wrong":      {"/login", map[string]string{"password": "wrong horse battery"}, auth.ErrWrongPassword.Message},
			"unknown":    {"/login", map[string]string{"email": "eve@example.com"}, auth.ErrWrongPassword.Message},
			"empty":      {"/login", map[string]string{"email": ""}, "Please fill this in."},
		} {
			form := map[string]string{}
			for field, value := range ada {
				form[field] = value
			}
			for field, value := range c.change {
				form[field] = value
			}
			r := b.Submit(c.path, form)
			if r.Status != 422 || !strings.Contains(r.Body, c.want) || !strings.Contains(r.Body, "<title>Error: ") {
				t.Errorf("%s: status %d, and %q is in the page: %t\n%s", name, r.Status, c.want, strings.Contains(r.Body, c.want), r.Body)
			}
			if strings.Contains(r.Body, form["password"]) || form["email"] != "" && !strings.Contains(r.Body, form["email"]) {
				t.Errorf("%s: the form is not filled in as it should be:\n%s", name, r.Body)
			}
			b.Get("/account").Expect(401)
		}
	})
}

// Where people go after they have logged in is said by a link, which may come
// from anybody.
func TestNoOpenRedirect(t *testing.T) {
	each(t, func(t *testing.T, b *apitest.Client) {
		b.Submit("/signup", ada)
		for next, want := range map[string]string{
			"/?a=b": "/?a=b", "//evil.example": "/account", "https://evil.example/": "/account", `/\evil.example`: "/account", "": "/account",
		} {
			got := b.Submit("/login?next="+strings.NewReplacer("/", "%2F", "?", "%3F", "=", "%3D", `\`, "%5C", ":", "%3A").Replace(next), ada).Expect(303).Header.Get("Location")
			if got != want {
				t.Errorf("next=%s leads to %s, want %s", next, got, want)
			}
		}
	})
}

// The cookie of a browser is nothing to the API, and an access token nothing to
// pages.
func TestCookiesAreForPages(t *testing.T) {
	each(t, func(t *testing.T, b *apitest.Client) {
		r := b.Submit("/signup", ada).Expect(303)
		cookie := r.Header.Get("Set-Cookie")
		for _, attribute := range []string{"__Host-login=", "HttpOnly", "Secure", "SameSite=Lax", "Path=/"} {
			if !strings.Contains(cookie, attribute) {
				t.Errorf("the cookie lacks %s: %s", attribute, cookie)
			}
		}
		b.Get("/api/users/me").Expect(401)
		var token accounts.Token
		b.Post("/api/auth/login", map[string]any{"email": ada["email"], "password": ada["password"]}).Expect(200).JSON(&token)
		b.Browser().As(token.AccessToken).Get("/account").Expect(401)
		b.As(token.AccessToken).Put("/api/users/me/password", map[string]any{"password": "fresh horse battery", "current_password": ada["password"]}).Expect(204)
		b.Get("/account").Expect(401) // a new password logs all browsers out
	})
}

func TestErrorPages(t *testing.T) {
	t.Parallel()
	assets, err := web.NewAssets(os.DirFS("../static"), "/static/")
	if err != nil {
		t.Fatal(err)
	}
	p, err := pages.New(pages.Config{Assets: assets, Key: []byte(strings.Repeat("k", 32))})
	if err != nil {
		t.Fatal(err)
	}
	page := p.Error(errs.New(errs.NotFound, "x", "Nothing <here>."), "abc")
	status, _, body, err := page.Render(httptest.NewRequest("GET", "/nowhere", nil))
	if err != nil || status != 404 || !strings.Contains(string(body), "<h1>Nothing &lt;here&gt;.</h1>") || !strings.Contains(string(body), "abc") {
		t.Errorf("status %d, %v\n%s", status, err, body)
	}
	for path, want := range map[string]string{"/account?tab=1": "/login?next=%2Faccount%3Ftab%3D1", "/account?q=" + strings.Repeat("%20", 1000): "/login"} {
		r := httptest.NewRequest("GET", path, nil)
		if _, header, _, err := p.LogInFirst(r).Render(r); err != nil || header.Get("Location") != want {
			t.Errorf("who is not logged in is led to %q, want %q: %v", header.Get("Location"), want, err)
		}
	}
}

// Whoever follows a link that is over asks for another one on the page that says so.
func TestLinkIsOver(t *testing.T) {
	each(t, func(t *testing.T, b *apitest.Client) {
		over := []string{auth.ErrLinkOver.Message, `action="/forgot"`}
		b.Get("/reset?token=x").Expect(422).Contains(over...)
		b.Submit("/reset", map[string]string{"token": "x", "password": "fresh horse battery"}).Expect(422).Contains(over...)
	})
}

// Who has a second factor is asked for its code, which is no choice of theirs then.
func TestCodeIsAskedFor(t *testing.T) {
	each(t, func(t *testing.T, b *apitest.Client) {
		b.Submit("/signup", ada).Expect(303)
		proof := map[string]string{"current_password": ada["password"]}
		page := b.Submit("/account/factor", proof).Expect(200)
		secret := regexp.MustCompile(`[A-Z2-7]{32}`).FindString(page.Body)
		b.Submit("/account/factor/confirm", map[string]string{"code": authtest.Code(t, secret, time.Now())}).Expect(200)
		other := b.Browser()
		if r := other.Get("/login").Expect(200); strings.Contains(r.Body, "one-time-code") {
			t.Errorf("a code is asked for before it is needed:\n%s", r.Body)
		}
		asked := other.Submit("/login", ada).Expect(422).Contains(accounts.ErrCodeNeeded.Message, "one-time-code")
		field := regexp.MustCompile(`(?s)<label for="field-code">.*?<input[^>]*>`).FindString(asked.Body)
		if !strings.Contains(field, " required") || strings.Contains(field, "optional") {
			t.Errorf("the field of the code: %s", field)
		}
	})
}

// Mails that a user asks for are not sent without end, and the page says so.
func TestMailsAreSlowedDown(t *testing.T) {
	each(t, func(t *testing.T, b *apitest.Client) {
		b.Submit("/signup", ada).Expect(303)
		for range 5 {
			b.Submit("/account/email/again", nil).Expect(303).Follow().Contains("A mail with a link is on its way.")
		}
		tooMany(t, func() *apitest.Response { return b.Submit("/account/email/again", nil) })
		change := map[string]string{"email": "new@example.com", "current_password": ada["password"]}
		tooMany(t, func() *apitest.Response { return b.Submit("/account/email", change) })
	})
}

// However many guess from a place, a browser that has logged in before is let in.
func TestKnownBrowser(t *testing.T) {
	each(t, func(t *testing.T, b *apitest.Client) {
		b.Submit("/signup", ada).Expect(303)
		b.Submit("/logout", nil).Expect(303)
		stranger, guess := b.Browser(), map[string]string{"email": ada["email"], "password": "wrong horse battery"}
		for range 5 {
			stranger.Submit("/login", guess).Expect(422)
		}
		tooMany(t, func() *apitest.Response { return stranger.Submit("/login", guess) })
		b.Submit("/login", ada).Expect(303)
	})
}

// tooMany tries until the page says to wait. A slow machine makes a second attempt
// when the first delay is over; each is twice as long as the one before.
func tooMany(t *testing.T, try func() *apitest.Response) {
	t.Helper()
	r := try()
	for n := 0; n < 6 && r.Status != 429; n++ {
		r = try()
	}
	if r.Expect(429).Contains(auth.ErrTooMany.Message); r.Header.Get("Retry-After") == "" {
		t.Error("nothing says when to come back")
	}
}
