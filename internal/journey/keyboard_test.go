package journey

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/terem-go/terem/auth/authtest"
	"github.com/terem-go/terem/internal/browsertest"
)

// focused is what the keys go to: what it is called, and whether one sees that.
type focused struct {
	Name string
	Seen bool
}

const focus = `(e => ({
	Name: (e.labels?.length ? e.labels[0].textContent : e.textContent).trim(),
	Seen: e.matches(":focus-visible") && getComputedStyle(e).outlineStyle != "none",
}))(document.activeElement)`

// reach presses Tab until the keys go to what is called so, and checks that one sees
// that.
func (v *visitor) reach(name string) {
	v.t.Helper()
	for range 40 {
		browsertest.Do(v.t, v.ctx, chromedp.KeyEvent(kb.Tab))
		got := browsertest.Eval[focused](v.t, v.ctx, focus)
		if strings.HasPrefix(got.Name, name) {
			if !got.Seen {
				v.t.Errorf("nobody sees that %q has the focus", got.Name)
			}
			return
		}
	}
	v.t.Fatalf("%s: Tab does not lead to %q", browsertest.Eval[string](v.t, v.ctx, "location.pathname"), name)
}

// enter types a text into a field.
func (v *visitor) enter(field, text string) {
	v.t.Helper()
	v.reach(field)
	browsertest.Do(v.t, v.ctx, chromedp.KeyEvent(text))
}

// press presses Enter on a link or a button, which leads to the page of a heading.
func (v *visitor) press(name string, status int64, heading string) {
	v.t.Helper()
	v.reach(name)
	got := browsertest.Open(v.t, v.ctx, chromedp.KeyEvent(kb.Enter))
	if is := browsertest.Eval[view](v.t, v.ctx, look); got != status || is.Heading != heading {
		v.t.Fatalf("%q leads to %s, %q, with status %d, want %q and %d; it says %q", name, is.Path, is.Heading, got, heading, status, is.Says)
	}
}

// Somebody signs up, confirms the address, sets up a second factor, and logs in with
// a recovery code, by nothing but the keyboard in a browser without scripts.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	a := newApplication(t, "sqlite:keyboard.db")
	a.env["ENVIRONMENT"], a.env["MAIL"] = "development", "on" // mails are shown at /dev/mail
	a.must("", "migrate", "up")
	p, c := a.serve()
	v := newVisitor(t, "http://"+c.Addr)
	browsertest.Do(t, v.ctx, browsertest.WithoutScripts())
	browsertest.Open(t, v.ctx, v.visit("/"))
	v.reach("Skip to the content")
	browsertest.Do(t, v.ctx, chromedp.KeyEvent(kb.Enter))

	v.press("Create an account", 200, "Create an account")
	v.enter("Name", "Ada")
	v.enter("E-mail address", "ada@example.com")
	v.enter("Password", a.password)
	v.press("Sign up", 200, "Your account")
	browsertest.Open(t, v.ctx, v.visit(c.letter("confirm")))
	v.press("This address is mine", 200, "Your account")

	v.press("Set up an authenticator app", 200, "Set up an authenticator app")
	v.enter("Current password", a.password)
	v.press("Go on", 200, "Set up an authenticator app")
	secret := a.secret("a second factor", browsertest.Eval[string](t, v.ctx, `document.querySelector("code.key").textContent`))
	v.enter("Code", authtest.Code(t, secret, time.Now()))
	v.press("Turn it on", 200, "Keep these codes")
	recovery := a.secret("a recovery code", browsertest.Eval[string](t, v.ctx, `document.querySelector(".codes code").textContent`))
	v.press("Log out", 200, "Appname is running")

	logIn := func(status int64, heading string) {
		t.Helper()
		v.press("Log in", 200, "Log in")
		v.enter("E-mail address", "ada@example.com")
		v.enter("Password", a.password)
		v.reach("Stay logged in")
		browsertest.Do(t, v.ctx, chromedp.KeyEvent(" "))
		v.press("Log in", 422, "Log in")
		v.enter("Password", a.password)
		v.enter("Code of your authenticator app", recovery)
		if !browsertest.Eval[bool](t, v.ctx, `document.querySelector("#field-remember").checked`) {
			t.Error("that somebody wants to stay logged in is forgotten when a code is asked for")
		}
		v.press("Log in", status, heading)
	}
	logIn(200, "Your account")
	v.press("Log out", 200, "Appname is running")
	logIn(422, "Log in") // each recovery code lets in once
	v.log.Check(t, v.origin, "422 /login", "422 /login", "422 /login")
	a.stop(p, syscall.SIGTERM)
}
