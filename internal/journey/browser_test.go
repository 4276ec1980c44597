package journey

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/terem-go/terem/internal/browsertest"
	"github.com/terem-go/terem/mail/mailtest"
)

// visitor is somebody who looks at the pages.
type visitor struct {
	t      *testing.T
	ctx    context.Context
	log    *browsertest.Log
	origin string
}

func newVisitor(t *testing.T, origin string) *visitor {
	t.Helper()
	ctx, log := browsertest.New(t)
	return &visitor{t, ctx, log, origin}
}

// view is what a visitor perceives of a page, by eye or by a screen reader.
type view struct {
	Path, Title, Heading string
	Menu                 string   // of the page's head
	Says                 []string // messages and errors, with how urgent they are
	Fields               []string // the name, what is typed, how it is described, whether it is marked as wrong
	Focus                string   // the field that keys go to
}

const look = `({
	Path: location.pathname + location.search,
	Title: document.title,
	Heading: document.querySelector("h1").textContent,
	Menu: [...document.querySelectorAll("header nav :is(a, button)")].map(e => e.textContent).join(", "),
	Says: [...document.querySelectorAll("[role=status], [role=alert]")].map(e => e.role + ": " + e.textContent.trim()),
	Fields: [...document.querySelectorAll("input:not([type=hidden])")].map(e => [
		e.labels[0].textContent, e.type == "checkbox" ? "" : e.value, ...(e.getAttribute("aria-describedby") || "").split(" ").filter(id => id).map(id => document.getElementById(id).textContent),
		e.ariaInvalid ? "wrong" : "",
	].filter(text => text).join("; ")),
	Focus: document.activeElement.id,
})`

// opens does steps that lead to a page, which must have the status and look as
// wanted.
func (v *visitor) opens(status int64, want view, steps ...chromedp.Action[chromedp.Void]) {
	v.t.Helper()
	if got := browsertest.Open(v.t, v.ctx, steps...); got != status {
		v.t.Errorf("%s: status %d, want %d", want.Path, got, status)
	}
	got := browsertest.Eval[view](v.t, v.ctx, look)
	for end := time.Now().Add(10 * time.Second); got.Focus != want.Focus && time.Now().Before(end); {
		got = browsertest.Eval[view](v.t, v.ctx, look) // the focus is set when the page is painted
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		v.t.Errorf("%s (-want +got):\n%s", want.Path, diff)
	}
}

func (v *visitor) visit(path string) chromedp.Action[chromedp.Void] {
	return chromedp.Navigate(v.origin + path)
}

// fill types into a field, at the end of what is there.
func fill(field, text string) chromedp.Action[chromedp.Void] {
	return chromedp.SendKeys(chromedp.CSS("#field-"+field), kb.End+text)
}

func click(selector string) chromedp.Action[chromedp.Void] {
	return chromedp.Click(chromedp.CSS(selector))
}

// What is clicked on pages.
const (
	submit = "main form:has(input) button"
	logOut = "header form button"
)

const (
	outside = "Log in, Sign up"
	inside  = "Account, Log out"
)

// live goes through the pages from signing up to the last error page. The
// welcome mail comes to the mail server.
func (v *visitor) live(a *application, mails *mailtest.Server) {
	v.t.Helper()
	const name = `Ada <b>"Lovelace"`
	home := view{Path: "/", Title: "Appname", Heading: "Appname is running", Menu: outside}
	v.opens(200, home, v.visit("/"))

	signUp := view{Path: "/signup", Title: "Sign up – Appname", Heading: "Create an account", Menu: outside,
		Fields: []string{"Name", "E-mail address", "Password; At least 12 characters."}}
	v.opens(200, signUp, click(`header a[href="/signup"]`))
	signUp.Title, signUp.Focus = "Error: "+signUp.Title, "field-email"
	signUp.Fields = []string{
		"Name; " + name,
		"E-mail address; ada@; Please enter an e-mail address, such as name@example.com.; wrong",
		"Password; At least 12 characters.; Please enter at least 12 characters.; wrong",
	}
	v.opens(422, signUp, fill("name", name), fill("email", "ada@"), fill("password", "short"), click(submit))

	account := view{Path: "/account", Title: "Your account – Appname", Heading: "Your account", Menu: inside,
		Says: []string{"status: Welcome, " + name + "!"}, Fields: []string{"Name; " + name}}
	v.opens(200, account, fill("email", "example.com"), fill("password", a.password), click(submit))
	account.Says = nil
	v.opens(200, account, chromedp.Reload())
	link := v.welcomed(a, mails)

	home.Says = []string{"status: You are logged out."}
	v.opens(200, home, click(logOut))

	// What somebody has seen before is not shown to whoever comes after.
	logIn := view{Path: "/login?next=%2Faccount", Title: "Log in – Appname", Heading: "Log in", Menu: outside,
		Says: []string{"status: Please log in first."}, Fields: []string{"E-mail address", "Password", "Stay logged in"}}
	v.opens(200, logIn, chromedp.NavigateBack())
	v.opens(200, logIn, v.visit("/account"))
	logIn.Title, logIn.Says = "Error: "+logIn.Title, []string{"alert: The address or the password is wrong."}
	logIn.Fields[0] += "; ada@example.com"
	v.opens(422, logIn, fill("email", "ada@example.com"), fill("password", a.secret("a wrong password", rand.Text())), click(submit))
	v.opens(200, account, fill("password", a.password), click(submit))

	account.Title, account.Focus, account.Fields = "Error: "+account.Title, "field-name", []string{"Name; Please fill this in.; wrong"}
	v.opens(422, account, chromedp.Clear(chromedp.CSS("#field-name")), click(submit))
	account.Title, account.Focus, account.Fields = "Your account – Appname", "", []string{"Name; Countess"}
	account.Says = []string{"status: Your name is changed."}
	v.opens(200, account, fill("name", "Countess"), click(submit))
	hello := view{Path: "/", Title: "Appname", Heading: "Hello, Countess", Menu: inside}
	v.opens(200, hello, click("header .brand"))
	nothing := "There is nothing at this address."
	v.opens(404, view{Path: "/nowhere", Title: nothing + " – Appname", Heading: nothing}, v.visit("/nowhere"))
	v.opens(200, hello, click("main .button"))
	v.opens(200, home, click(logOut))

	// The link of the mail confirms the address, once.
	confirm := view{Path: link, Title: "Confirm your address – Appname", Heading: "Confirm your address", Menu: outside}
	v.opens(200, confirm, v.visit(link))
	logIn.Title, logIn.Fields = "Log in – Appname", []string{"E-mail address", "Password", "Stay logged in"}
	logIn.Says = []string{"status: Your address is confirmed.", "status: Please log in first."}
	v.opens(200, logIn, click(submit))
	v.opens(200, confirm, v.visit(link))
	confirm.Path, confirm.Title = "/confirm", "Error: "+confirm.Title
	confirm.Says = []string{"alert: This link has expired or was used. Ask for a new one."}
	v.opens(422, confirm, click(submit))
	v.log.Check(v.t, v.origin, "422 /signup", "422 /login?next=%2Faccount", "422 /account", "404 /nowhere", "422 /confirm")
}

// welcomed waits for the one mail to somebody who has signed up, and returns the
// path of the link in it. The mail says no name: nobody has confirmed the address.
func (v *visitor) welcomed(a *application, mails *mailtest.Server) (link string) {
	v.t.Helper()
	welcomes(v.t, mails, 1)
	m := mails.Messages()[0]
	if len(m.Recipients) != 1 || m.Recipients[0] != "ada@example.com" || m.To[0].Name != "" || m.Subject != "Welcome to Appname" {
		v.t.Errorf("sent to %q as %q: %s", m.Recipients, m.To[0], m.Subject)
	}
	for line := range strings.Lines(m.Text) {
		if path, found := strings.CutPrefix(strings.TrimSpace(line), "http://127.0.0.1/"); found {
			a.secret("the link of a mail", strings.SplitAfter(path, "=")[1])
			return "/" + path
		}
	}
	v.t.Fatalf("no link in the mail:\n%s", m.Text)
	return ""
}

// Somebody signs up, logs out, logs in and changes their name, in a browser
// whether or not it runs scripts.
func TestVisitor(t *testing.T) {
	t.Parallel()
	for name, scripts := range map[string]bool{"with scripts": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newApplication(t, "sqlite:visitor.db")
			mails := a.mailing(t)
			p, c := a.serve()
			v := newVisitor(t, "http://"+c.Addr)
			if !scripts {
				browsertest.Do(t, v.ctx, browsertest.WithoutScripts())
			}
			v.live(a, mails)
			a.stop(p, syscall.SIGTERM)
			if n := len(mails.Messages()); n != 1 {
				t.Errorf("%d mails were sent, want 1", n)
			}
		})
	}
}

// A page of another site sends a form in the name of whoever looks at it.
// Browsers say so in different ways where they trust an address and elsewhere.
func TestFormOfAnotherSite(t *testing.T) {
	t.Parallel()
	a := newApplication(t, "sqlite:visitor.db")
	a.must("", "migrate", "up")
	p, c := a.serve()
	for _, host := range []string{"127.0.0.1", "shop.test"} {
		origin := "http://" + strings.Replace(c.Addr, "127.0.0.1", host, 1)
		evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprintf(w, `<!doctype html><link rel="icon" href="data:,"><form method="post" action="%s/signup">
				<input name="name" value="Eve"><input name="email" value="eve@example.com"><input name="password" value="%s"><button>Win</button></form>`, origin, a.password)
		}))
		t.Cleanup(evil.Close)
		v := newVisitor(t, origin)
		browsertest.Open(t, v.ctx, chromedp.Navigate(strings.Replace(evil.URL, "127.0.0.1", "evil.test", 1)))
		v.opens(403, view{Path: "/signup", Title: "This was sent by a page of another site. – Appname", Heading: "This was sent by a page of another site."}, click("button"))
	}
	c.want(401, "POST", "/api/auth/login", map[string]any{"email": "eve@example.com", "password": a.password}, nil)
	a.stop(p, syscall.SIGTERM)
}
