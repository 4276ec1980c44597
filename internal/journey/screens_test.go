package journey

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/terem-go/terem/auth/authtest"
	"github.com/terem-go/terem/internal/browsertest"
)

// screen is what a visitor looks at pages with.
type screen struct {
	name          string
	width, height int64
	dark          bool
}

var screens = []screen{
	{"phone-light", 390, 844, false},
	{"phone-dark", 390, 844, true},
	{"laptop-light", 1280, 800, false},
	{"laptop-dark", 1280, 800, true},
}

// page is a page of the application in one of its states.
type page struct {
	name   string
	status int64
	steps  []chromedp.Action[chromedp.Void] // that open it from the page before
}

// pages are all pages, in the order in which a visitor comes to them. Before the
// mails are shown one must have arrived, and before the last page the application
// is broken.
func (v *visitor) pages(password string) []page {
	steps := func(s ...chromedp.Action[chromedp.Void]) []chromedp.Action[chromedp.Void] { return s }
	return []page{
		{"home", 200, steps(v.visit("/"))},
		{"not-found", 404, steps(v.visit("/nowhere"))},
		{"signup", 200, steps(v.visit("/signup"))},
		{"signup-errors", 422, steps(fill("name", "Ada Lovelace"), fill("email", "ada@"), fill("password", "short"), click(submit))},
		{"account-welcome", 200, steps(fill("email", "example.com"), fill("password", password), click(submit))},
		{"account-errors", 422, steps(chromedp.Clear(chromedp.CSS("#field-name")), click(submit))},
		{"home-user", 200, steps(v.visit("/"))},
		{"logged-out", 200, steps(click(logOut))},
		{"login-first", 200, steps(v.visit("/account"))},
		{"login", 200, steps(v.visit("/login"))},
		{"login-errors", 422, steps(fill("email", "ada@example.com"), fill("password", "wrong"), click(submit))},
		{"account", 200, steps(fill("password", password), click(submit))},
		{"account-long-name", 200, steps(fill("name", strings.Repeat("n", 80)), click(submit))},
		{"home-long-name", 200, steps(v.visit("/"))},
		{"password", 200, steps(v.visit("/account/password"))},
		{"password-errors", 422, steps(fill("password", "short"), click(submit))},
		{"email", 200, steps(v.visit("/account/email"))},
		{"email-errors", 422, steps(fill("email", "ada@"), fill("current_password", "wrong"), click(submit))},
		{"factor", 200, steps(v.visit("/account/factor"))},
		{"factor-errors", 422, steps(fill("current_password", "wrong"), click(submit))},
		{"factor-confirm", 200, steps(fill("current_password", password), click(submit))},
		{"recovery", 200, nil}, // with the code of the secret that is shown
		{"account-factor", 200, steps(v.visit("/account"))},
		{"factor-end", 200, steps(v.visit("/account/factor/end"))},
		{"delete", 200, steps(v.visit("/account/delete"))},
		{"logged-out-again", 200, steps(click(logOut))},
		{"login-again", 200, steps(v.visit("/login"))},
		{"login-code", 422, steps(fill("email", "ada@example.com"), fill("password", password), click(submit))},
		{"forgot", 200, steps(v.visit("/forgot"))},
		{"forgot-errors", 422, steps(fill("email", "ada@"), click(submit))},
		{"forgot-sent", 200, steps(fill("email", "example.com"), click(submit))},
		{"reset", 200, nil},
		{"reset-errors", 422, steps(fill("password", "short"), click(submit))},
		{"confirm", 200, nil},
		{"link-over", 422, steps(v.visit("/reset?token=x"))},
		{"mail-list", 200, steps(v.visit("/dev/mail"))},
		{"mail", 200, steps(v.visit("/dev/mail/1"))},
		{"login-last", 200, steps(v.visit("/login"))},
		{"broken", 500, steps(fill("email", "ada@example.com"), fill("password", password), click(submit))},
	}
}

// tour shows each page of an application of its own to see, on a screen.
func tour(t *testing.T, s screen, see func(v *visitor, page string)) {
	t.Helper()
	a := newApplication(t, "sqlite:tour.db")
	a.env["ENVIRONMENT"], a.env["MAIL"] = "development", "on" // mails are shown at /dev/mail
	a.must("", "migrate", "up")
	p, c := a.serve()
	v := newVisitor(t, "http://"+c.Addr)
	browsertest.Do(t, v.ctx, browsertest.Viewport(s.width, s.height, s.dark))
	for _, page := range v.pages(a.password) {
		switch page.name {
		case "recovery":
			secret := browsertest.Eval[string](t, v.ctx, `document.querySelector("code.key").textContent`)
			page.steps = []chromedp.Action[chromedp.Void]{fill("code", authtest.Code(t, a.secret("a second factor", secret), time.Now())), click(submit)}
		case "reset", "confirm":
			page.steps = []chromedp.Action[chromedp.Void]{v.visit(c.letter(page.name))}
		case "broken":
			a.must("", "migrate", "to", "0")
		}
		if got := browsertest.Open(t, v.ctx, page.steps...); got != page.status {
			t.Errorf("%s: status %d, want %d", page.name, got, page.status)
		}
		see(v, page.name)
	}
	a.stop(p, syscall.SIGTERM)
}

// letter waits for the mail, shown at /dev/mail, whose link leads to a page, and
// returns the link's path.
func (c *client) letter(page string) string {
	c.app.t.Helper()
	link := regexp.MustCompile(`/` + page + `\?token=[\w-]+`)
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		for n := 1; ; n++ {
			r, err := c.Do("GET", fmt.Sprintf("/dev/mail/%d/text", n), nil)
			if err != nil || r.Status != 200 {
				break
			}
			if path := link.FindString(string(r.Body)); path != "" {
				c.app.secret("the link of a mail", strings.SplitAfter(path, "=")[1])
				return path
			}
		}
	}
	c.app.t.Fatalf("no mail has a link to %s", page)
	return ""
}

// No page is wider than the screen. Pictures of all of them are kept in the
// folder that TEREM_SCREENSHOTS names.
func TestScreens(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("TEREM_SCREENSHOTS")
	if dir == "" {
		dir = t.TempDir()
	} else if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, s := range screens {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			tour(t, s, func(v *visitor, page string) {
				if got := browsertest.Eval[int64](t, v.ctx, "document.documentElement.scrollWidth"); got > s.width {
					t.Errorf("%s is %d pixels wide, on a screen of %d", page, got, s.width)
				}
				if page == "home-user" {
					v.longMenu(s.width)
				}
				if err := browsertest.Screenshot(v.ctx, filepath.Join(dir, page+"-"+s.name+".png"), s.width, s.height, s.dark); err != nil {
					t.Fatal(err)
				}
			})
		})
	}
}

// longMenu looks at the page's head with the links of several domains in it, and takes them out again.
func (v *visitor) longMenu(width int64) {
	v.t.Helper()
	const look = `(() => {
		const nav = document.querySelector("header nav"), before = nav.innerHTML;
		nav.insertAdjacentHTML("afterbegin", "<a href='/'>Operator</a><a href='/'>Deliveries</a><a href='/'>Orders</a>");
		const seen = {
			Height: document.querySelector(".brand").offsetHeight,
			Right: Math.max(...[...document.querySelectorAll("header *")].map(e => e.getBoundingClientRect().right)),
		};
		nav.innerHTML = before;
		return seen;
	})()`
	type head struct{ Height, Right float64 }
	if got := browsertest.Eval[head](v.t, v.ctx, look); got.Height > 60 || got.Right > float64(width) {
		v.t.Errorf("with a long menu, the application's name is %v pixels high, and the head ends at %v of %d", got.Height, got.Right, width)
	}
}
