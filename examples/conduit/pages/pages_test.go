package pages_test

import (
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/errs"
	"github.com/terem-go/terem/web"

	"github.com/terem-go/terem/examples/conduit/articles"
	"github.com/terem-go/terem/examples/conduit/comments"
	"github.com/terem-go/terem/examples/conduit/pages"
	"github.com/terem-go/terem/examples/conduit/profiles"
	"github.com/terem-go/terem/examples/conduit/users"
)

// each runs f on both engines, with a browser in front of an application that has the
// pages and the domains.
func each(t *testing.T, f func(t *testing.T, b *apitest.Client, d *db.DB)) {
	t.Parallel()
	dbtest.Each(t, os.DirFS("../migrations"), func(t *testing.T, d *db.DB) {
		u, err := users.New(users.Config{Name: "Conduit", Secrets: []string{strings.Repeat("k", 32)}, TokenLifetime: time.Hour, Secure: true, Passwords: auth.PasswordConfig{Memory: 1024, Time: 1}})
		if err != nil {
			t.Fatal(err)
		}
		pr := profiles.New(u.Users)
		ar := articles.New(pr.Profiles)
		co := comments.New(ar.Articles, pr.Profiles)
		assets, p := newPages(t, pages.Config{Auth: u.Auth, Profiles: pr.Profiles, Articles: ar, Comments: co, Secure: true})
		a := app.New(app.Config{DB: d, Logger: slog.New(slog.DiscardHandler), Assets: assets})
		a.Register(u, pr, ar, co, p)
		h, err := a.Handler()
		if err != nil {
			t.Fatal(err)
		}
		f(t, apitest.New(t, h).Browser(), d)
	}, app.Auth())
}

func newPages(t *testing.T, c pages.Config) (*web.Assets, *pages.Pages) {
	t.Helper()
	assets, err := web.NewAssets(os.DirFS("../static"), "/static/")
	if err != nil {
		t.Fatal(err)
	}
	c.Assets, c.Key = assets, []byte(strings.Repeat("k", 32))
	p, err := pages.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return assets, p
}

type form = map[string]string

// join lets somebody register at a browser of their own.
func join(b *apitest.Client, name string) *apitest.Client {
	own := b.Browser()
	own.Submit("/register", form{"username": name, "email": strings.Map(letters, name) + "@example.com", "password": "jakejake"}).Expect(303)
	return own
}

// letters leaves out what an address cannot have.
func letters(r rune) rune {
	if r < 'a' || r > 'z' {
		return 'x'
	}
	return r
}

// publish publishes an article, and returns its address.
func publish(b *apitest.Client, title, tags string) string {
	return b.Submit("/editor", form{"title": title, "description": "About " + title, "body": "Text of *" + title + "*.", "tagList": tags}).Expect(303).Header.Get("Location")
}

// lacks fails the test if a text is in an answer.
func lacks(t *testing.T, r *apitest.Response, text string) {
	t.Helper()
	if strings.Contains(r.Body, text) {
		t.Errorf("%s: %q is in the body\n%s", r.Request, text, r.Body)
	}
}

func TestJourney(t *testing.T) {
	each(t, func(t *testing.T, b *apitest.Client, _ *db.DB) {
		b.Get("/").Expect(200).Contains("Create an account", "There are no articles here yet.", "No article has a tag yet.")
		jake := b.Browser()
		jake.Submit("/register", form{"username": "jake <b>", "email": "Jake@example.com", "password": "jakejake"}).Expect(303).
			Follow().Expect(200).Contains("Welcome, jake &lt;b&gt;!", `href="/profile/jake%20%3Cb%3E"`, "Your feed")
		jake.Get("/profile/jake%20%3Cb%3E").Expect(200).Contains("Change your settings")

		// An author publishes, and changes what is published.
		jake.Submit("/editor", form{"title": "On <dragons>", "description": "Ever wonder how?", "body": "# How\n\nYou *have* to.", "tagList": "pets, c++ & co,"}).Expect(303).
			Follow().Expect(200).Contains("Your article is published.", "<h1>On &lt;dragons&gt;</h1>", "<h2>How</h2>", "<em>have</em>", `href="/?tag=c%2b%2b%20%26%20co"`, "Edit", "Nobody has said anything yet.")
		jake.Get("/editor/on-dragons").Expect(200).Contains(`value="On &lt;dragons&gt;"`, "You *have* to.", `value="pets, c&#43;&#43; &amp; co"`)
		jake.Submit("/editor/on-dragons", form{"title": "On dragons", "description": "How", "body": "Text", "tagList": "pets"}).Expect(303).
			Follow().Expect(200).Contains("Your article is changed.", "<p>Text</p>", "pets")

		// A reader marks it, follows its author and comments.
		ada := join(b, "ada")
		lacks(t, ada.Get("/?feed=following").Expect(200).Contains("There are no articles here yet.", "Follow people"), "On dragons")
		ada.Submit("/profile/jake%20%3Cb%3E/follow?next=%2Farticle%2Fon-dragons", nil).Expect(303).Follow().Contains("Unfollow", "/unfollow?next=%2farticle%2fon-dragons")
		ada.Get("/?feed=following").Expect(200).Contains("On dragons")
		ada.Submit("/article/on-dragons/favorite?next=%2F", nil).Expect(303).Follow().Contains(`action="/article/on-dragons/unfavorite?next=%2f"`, "</span> 1<")
		ada.Get("/profile/ada/favorites").Expect(200).Contains("On dragons")
		lacks(t, ada.Get("/profile/ada").Expect(200), "On dragons")
		jake.Get("/profile/jake%20%3Cb%3E/favorites").Expect(200).Contains("There are no articles here yet.")
		ada.Submit("/article/on-dragons/unfavorite", nil).Expect(303).Follow().Contains("</span> 0<")
		ada.Submit("/profile/jake%20%3Cb%3E/unfollow", nil).Expect(303).Follow().Contains("/follow?next=")
		said := ada.Submit("/article/on-dragons/comments", form{"body": "Line <one>\nand two"}).Expect(303).Follow().Contains("Line &lt;one&gt;\nand two", "Delete<span")
		lacks(t, jake.Get("/article/on-dragons").Contains("Line &lt;one&gt;"), "/comments/1/delete")
		_, rest, _ := strings.Cut(said.Body, `action="/article/on-dragons/comments/`)
		id, _, _ := strings.Cut(rest, "/")
		jake.Submit("/article/on-dragons/comments/"+id+"/delete", nil).Expect(403)
		lacks(t, ada.Submit("/article/on-dragons/comments/"+id+"/delete", nil).Expect(303).Follow().Contains("Your comment is deleted."), "Line")

		// What belongs to others stays theirs, and nobody does nothing.
		again := form{"title": "Mine", "description": "x", "body": "x"}
		ada.Get("/editor/on-dragons").Expect(403)
		ada.Submit("/editor/on-dragons", again).Expect(403)
		ada.Submit("/article/on-dragons/delete", nil).Expect(403)
		for _, path := range []string{"/editor", "/editor/on-dragons", "/settings", "/?feed=following"} {
			b.Get(path).Expect(401) // main leads to /login instead
		}
		for _, path := range []string{"/editor", "/editor/on-dragons", "/article/on-dragons/delete", "/article/on-dragons/favorite", "/article/on-dragons/comments", "/profile/ada/follow", "/settings"} {
			b.Submit(path, again).Expect(401)
		}
		b.Get("/article/nothing").Expect(404)
		b.Get("/profile/nobody").Expect(404)
		ada.Submit("/article/nothing/favorite", nil).Expect(404)
		jake.Submit("/article/on-dragons/delete", nil).Expect(303).Follow().Contains("Your article is deleted.", "There are no articles here yet.")
		b.Get("/article/on-dragons").Expect(404)
	})
}

func TestSettings(t *testing.T) {
	each(t, func(t *testing.T, b *apitest.Client, _ *db.DB) {
		jake := join(b, "jake")
		other := b.Browser()
		jakeLogsIn := form{"email": "jake@example.com", "password": "jakejake"}
		other.Submit("/login", jakeLogsIn).Expect(303)
		change := form{"username": "jacob", "email": "jacob@example.com", "bio": "I skate", "image": "https://example.com/i.png"}
		jake.Submit("/settings", change).Expect(303).Follow().Expect(200).Contains("Your settings are saved.", "I skate", `value="jacob@example.com"`)
		b.Get("/profile/jacob").Expect(200).Contains(`src="https://example.com/i.png"`, "I skate")
		other.Get("/settings").Expect(200)
		change["password"], change["bio"], change["image"] = "another", "", ""
		jake.Submit("/settings", change).Expect(303)
		jake.Get("/settings").Expect(200)
		other.Get("/settings").Expect(401) // a new password logs out everywhere else
		lacks(t, b.Get("/profile/jacob").Expect(200), "I skate")
		other.Submit("/login", form{"email": "jacob@example.com", "password": "another"}).Expect(303)

		// Nor is anybody logged in twice at a browser.
		cookie, _, _ := strings.Cut(other.Submit("/login", form{"email": "jacob@example.com", "password": "another"}).Header.Get("Set-Cookie"), ";")
		b.Browser().With("Cookie", cookie).Get("/settings").Expect(200)
		other.Submit("/login", form{"email": "jacob@example.com", "password": "another"}).Expect(303)
		b.Browser().With("Cookie", cookie).Get("/settings").Expect(401)
		other.Submit("/logout", nil).Expect(303).Follow().Contains("You are logged out.", "Sign up")
		other.Get("/settings").Expect(401)
		other.Submit("/logout", nil).Expect(303)
		jake.Get("/settings").Expect(200)
	})
}

// A form that is wrong is shown again, with what was typed but for passwords, and what
// is wrong stands beside its field.
func TestWrongForms(t *testing.T) {
	each(t, func(t *testing.T, b *apitest.Client, _ *db.DB) {
		jake := join(b, "jake")
		join(b, "ada")
		publish(jake, "One", "")
		beside := func(field, message string) string {
			return `<p class="error" id="field-` + field + `-error">` + message + "</p>"
		}
		for name, c := range map[string]struct {
			path string
			form form
			want string
		}{
			"name taken":      {"/register", form{"username": "jake", "email": "new@example.com", "password": "geheimnis"}, beside("username", "Has already been taken.")},
			"address taken":   {"/register", form{"username": "new", "email": "JAKE@example.com", "password": "geheimnis"}, beside("email", "Has already been taken.")},
			"no address":      {"/register", form{"username": "new", "email": "new@", "password": "geheimnis"}, beside("email", "Please enter an e-mail address, such as name@example.com.")},
			"blank password":  {"/register", form{"username": "new", "email": "new@example.com", "password": "   "}, beside("password", "Can&#39;t be blank.")},
			"nothing":         {"/register", form{}, beside("username", "Please fill this in.")},
			"wrong password":  {"/login", form{"email": "jake@example.com", "password": "geheimnis"}, users.ErrWrongPassword.Message},
			"unknown address": {"/login", form{"email": "eve@example.com", "password": "geheimnis"}, users.ErrWrongPassword.Message},
			"another's name":  {"/settings", form{"username": "ada", "email": "jake@example.com"}, beside("username", "Has already been taken.")},
			"picture":         {"/settings", form{"username": "jake", "email": "jake@example.com", "image": "javascript:alert(1)"}, beside("image", "Please enter an address that begins with https:// or http://.")},
			"no title":        {"/editor", form{"title": " ", "description": "x", "body": "x"}, beside("title", "Please fill this in.")},
			"a tag twice":     {"/editor", form{"title": "x", "description": "x", "body": "x", "tagList": "a,b, a"}, beside("tagList", "Has a tag twice.")},
			"a long tag":      {"/editor", form{"title": "x", "description": "x", "body": "x", "tagList": strings.Repeat("я", 65)}, beside("tagList", "Has a tag of more than 64 characters.")},
			"many tags":       {"/editor/one", form{"title": "One", "description": "x", "body": "x", "tagList": manyTags}, beside("tagList", "Has more than 32 tags.")},
			"no comment":      {"/article/one/comments", form{"body": "\n \n"}, beside("body", "Please fill this in.")},
		} {
			r := jake.Submit(c.path, c.form)
			if r.Status != 422 || !strings.Contains(r.Body, c.want) || !strings.Contains(r.Body, "<title>Error: ") {
				t.Errorf("%s: status %d, and %q is in the page: %t\n%s", name, r.Status, c.want, strings.Contains(r.Body, c.want), r.Body)
			}
			if strings.Contains(r.Body, "geheimnis") || c.form["email"] != "" && !strings.Contains(r.Body, c.form["email"]) {
				t.Errorf("%s: the form is not filled in as it should be:\n%s", name, r.Body)
			}
		}
		jake.Get("/article/one").Expect(200).Contains("About One")
		for range 5 {
			b.Submit("/login", form{"email": "ada@example.com", "password": "wrong"}).Expect(422)
		}
		b.Submit("/login", form{"email": "ada@example.com", "password": "jakejake"}).Expect(429).Contains(auth.ErrTooMany.Message)
	})
}

var manyTags = func() (all string) {
	for i := range 33 {
		all += fmt.Sprint("t", i, ",")
	}
	return all
}()

// A list has parts, each with the way to the others, and costs as many statements
// whatever its length.
func TestLists(t *testing.T) {
	each(t, func(t *testing.T, b *apitest.Client, d *db.DB) {
		jake, ada := join(b, "jake"), join(b, "ada")
		ada.Submit("/profile/jake/follow", nil).Expect(303)
		lists := []string{"/", "/?tag=all", "/?feed=following", "/profile/jake", "/profile/ada/favorites"}
		costs := func() (all []int) {
			for _, path := range append(lists, "/article/n0") {
				sent := dbtest.Watch(d, func() { ada.Get(path).Expect(200) })
				sent.AtMost(t, 12)
				all = append(all, len(sent.Statements))
			}
			return all
		}
		add := func(from, to int) {
			for i := from; i < to; i++ {
				path := publish(jake, fmt.Sprint("n", i), "all")
				ada.Submit(path+"/favorite", nil).Expect(303)
				ada.Submit("/article/n0/comments", form{"body": "again"}).Expect(303)
			}
		}
		add(0, 1)
		few := costs()
		add(1, 41)
		if many := costs(); fmt.Sprint(few) != fmt.Sprint(many) {
			t.Errorf("pages of one article cost %v statements, and of many %v", few, many)
		}
		for _, path := range lists {
			first := ada.Get(path).Expect(200).Contains("Page 1 of 3", `rel="next"`, `href="/article/n40"`, `href="/article/n21"`)
			lacks(t, first, `rel="prev"`)
			lacks(t, first, `href="/article/n20"`)
			at := path + "?page="
			if strings.Contains(path, "?") {
				at = path + "&page="
			}
			ada.Get(at+"2").Expect(200).Contains("Page 2 of 3", `rel="next"`, `rel="prev"`, `href="/article/n20"`, `href="/article/n1"`)
			last := ada.Get(at+"3").Expect(200).Contains("Page 3 of 3", `rel="prev"`, `href="/article/n0"`)
			lacks(t, last, `rel="next"`)
			beyond := ada.Get(at+"9").Expect(200).Contains("There are no articles here.", `rel="prev"`, "page=3")
			lacks(t, beyond, `rel="next"`)
			ada.Get(at + "0").Expect(422)
			ada.Get(at + "x").Expect(422)
		}
		// The button of an article leads back to the part of the list that it stands in.
		ada.Get("/?tag=all&page=2").Contains("/unfavorite?next=%2f%3fpage%3d2%26tag%3dall")
		b.Get("/?tag=all&page=2").Contains("/login?next=%2f%3fpage%3d2%26tag%3dall")
		b.Get("/?feed=other").Expect(422)
	})
}

// Where people go afterwards is said by a link, which may come from anybody.
func TestNoOpenRedirect(t *testing.T) {
	each(t, func(t *testing.T, b *apitest.Client, _ *db.DB) {
		jake := join(b, "jake")
		publish(jake, "One", "")
		for next, local := range map[string]string{"%2F%3Ftag%3Da": "/?tag=a", "%2F%2Fevil.example": "", "https%3A%2F%2Fevil.example%2F": "", "%2F%5Cevil.example": "", "": ""} {
			for path, fallback := range map[string]string{"/login": "/", "/article/one/favorite": "/article/one", "/article/one/unfavorite": "/article/one", "/profile/jake/follow": "/profile/jake", "/profile/jake/unfollow": "/profile/jake"} {
				want := local
				if want == "" {
					want = fallback
				}
				got := jake.Submit(path+"?next="+next, form{"email": "jake@example.com", "password": "jakejake"}).Expect(303).Header.Get("Location")
				if got != want {
					t.Errorf("%s?next=%s leads to %s, want %s", path, next, got, want)
				}
			}
		}
	})
}

// Whatever people call themselves, their pages are there, and buttons on them work.
func TestNames(t *testing.T) {
	each(t, func(t *testing.T, b *apitest.Client, _ *db.DB) {
		jake := join(b, "jake")
		for _, c := range []struct{ name, address string }{{"ada / Ада", "/profile/ada%20%2F%20%D0%90%D0%B4%D0%B0"}, {"a?b#c%20", "/profile/a%3Fb%23c%2520"}, {`b\\"'&<`, "/profile/b%5C%5C%22%27&%3C"}, {"c//d", "/profile/c%2F%2Fd"}} {
			own := join(b, c.name)
			path := publish(own, "By "+c.name, "")
			jake.Get(c.address).Expect(200).Contains("<h1>")
			jake.Get(c.address + "/favorites").Expect(200)
			jake.Submit(c.address+"/follow", nil).Expect(303).Follow().Expect(200)
			jake.Submit(c.address+"/unfollow", nil).Expect(303).Follow().Expect(200)
			page := jake.Get(path).Expect(200)
			_, link, _ := strings.Cut(page.Body, `class="person" href="/profile/`)
			_, link, _ = strings.Cut(link, `class="person" href="`) // after the one of the visitor
			link, _, _ = strings.Cut(link, `"`)
			jake.Get(strings.ReplaceAll(link, "&amp;", "&")).Expect(200).Contains("<title>")
			own.Submit(path+"/delete", nil).Expect(303).Follow().Expect(200)
		}
	})
}

// The cookie of a browser is nothing to the API, and a token nothing to pages.
func TestCookiesAreForPages(t *testing.T) {
	each(t, func(t *testing.T, b *apitest.Client, _ *db.DB) {
		jake := b.Browser()
		cookie := jake.Submit("/register", form{"username": "jake", "email": "jake@example.com", "password": "jakejake"}).Expect(303).Header.Get("Set-Cookie")
		for _, attribute := range []string{"__Host-login=", "HttpOnly", "Secure", "SameSite=Lax", "Path=/", "Max-Age="} {
			if !strings.Contains(cookie, attribute) {
				t.Errorf("the cookie lacks %s: %s", attribute, cookie)
			}
		}
		jake.Get("/api/user").Expect(401)
		var got struct{ User struct{ Token string } }
		api := b.With("Accept", "application/json")
		api.Post("/api/users/login", map[string]any{"user": form{"email": "jake@example.com", "password": "jakejake"}}).Expect(200).JSON(&got)
		token := api.With("Authorization", "Token "+got.User.Token)
		token.Get("/settings").Expect(401)
		// A new password logs all browsers out, and tokens stay good.
		token.Put("/api/user", map[string]any{"user": form{"bio": "x"}}).Expect(200)
		jake.Get("/settings").Expect(200)
		token.Put("/api/user", map[string]any{"user": form{"password": "another"}}).Expect(200)
		jake.Get("/settings").Expect(401)
		token.Get("/api/user").Expect(200)
	})
}

func TestErrorPages(t *testing.T) {
	t.Parallel()
	_, p := newPages(t, pages.Config{})
	page := p.Error(errs.New(errs.NotFound, "x", "Nothing <here>."), "abc")
	status, _, body, err := page.Render(httptest.NewRequest("GET", "/nowhere", nil))
	if err != nil || status != 404 || !strings.Contains(string(body), "<h1>Nothing &lt;here&gt;.</h1>") || !strings.Contains(string(body), "abc") {
		t.Errorf("status %d, %v\n%s", status, err, body)
	}
	for method, want := range map[string]string{"GET": "/login?next=%2Fsettings%3Ftab%3D1", "POST": "/login?next=%2F"} {
		r := httptest.NewRequest(method, "/settings?tab=1", nil)
		if _, header, _, err := p.LogInFirst(r).Render(r); err != nil || header.Get("Location") != want {
			t.Errorf("who is not logged in is led to %q, want %q: %v", header.Get("Location"), want, err)
		}
	}
	long := httptest.NewRequest("GET", "/settings?tab="+strings.Repeat("%20", 1000), nil)
	if _, header, _, err := p.LogInFirst(long).Render(long); err != nil || header.Get("Location") != "/login" {
		t.Errorf("from a long address they are led to %q: %v", header.Get("Location"), err)
	}
}
