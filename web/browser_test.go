package web_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/internal/browsertest"
	"github.com/terem-go/terem/web"
)

// SignUp is the form of the site that the browser visits.
type SignUp struct {
	Name     string `form:"name,omitempty" autocomplete:"name"`
	Email    string `form:"email" label:"E-mail address" format:"email"`
	Password string `form:"password" format:"password" minLength:"12" autocomplete:"new-password" doc:"At least 12 characters."`
	About    string `form:"about,omitempty" format:"multiline"`
	Terms    bool   `form:"terms,required" label:"I accept the terms."`
}

var siteFiles = map[string]string{
	"layouts/base.html": `<!doctype html><html lang="en"><meta charset="utf-8"><title>{{block "title" .}}{{end}}</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="{{asset "app.css"}}"><script src="{{asset "app.js"}}" type="module"></script>
{{range .Flash}}<p class="flash" role="{{.Role}}">{{.Text}}</p>{{end}}<main>{{template "main" .}}</main></html>`,
	"signup.html": `{{template "layouts/base.html" .}}
{{define "title"}}{{if not .Data.Valid}}Error: {{end}}Sign up{{end}}
{{define "main"}}<h1>Sign up</h1><form method="post" action="/" novalidate>{{template "errors" .Data}}
{{template "field" .Data.Field "name"}}{{template "field" .Data.Field "email"}}{{template "field" .Data.Field "password"}}
{{template "field" .Data.Field "about"}}{{template "field" .Data.Field "terms"}}<button>Go</button></form>{{end}}`,
	"account.html": `{{template "layouts/base.html" .}}{{define "main"}}<h1>Account</h1>{{end}}`,
	"denied.html":  `<!doctype html><title>Denied</title><link rel="icon" href="data:,"><h1>Denied</h1>`,
	// Pages as they should not be: with a script in them, and of another site.
	"inline.html": `<!doctype html><link rel="icon" href="data:,"><h1 style="color: red" onclick="">Inline</h1><script>document.title = "ran"</script>`,
	"evil.html":   `<!doctype html><link rel="icon" href="data:,"><form method="post" action="{{.Data}}"><button>Win</button></form>`,
}

// serveSite serves a site with a form. It returns its port, with a colon.
func serveSite(t *testing.T) (port string) {
	t.Helper()
	assets := newAssets(t, map[string]string{
		"app.css": `h1 { background: url(dot.svg) } .error { color: rgb(170, 0, 0) }`,
		"dot.svg": `<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>`,
		"app.js":  `import "./more.mjs"`, "more.mjs": `document.documentElement.className = "scripted"`,
	})
	v := newViews(t, web.ViewsConfig{Assets: assets, Key: key}, siteFiles)
	guard, err := web.CSRF(nil, page(func(*http.Request) *web.Page { return v.Page("denied", nil).Status(403) }))
	if err != nil {
		t.Fatal(err)
	}
	headers, err := web.Policy{}.Middleware()
	if err != nil {
		t.Fatal(err)
	}
	show := func(name string, data any) http.Handler {
		return page(func(*http.Request) *web.Page { return v.Page(name, data) })
	}
	mux := http.NewServeMux()
	mux.Handle("/static/", assets.Handler())
	mux.Handle("GET /{$}", show("signup", web.Form[SignUp]{}))
	mux.Handle("GET /account", show("account", nil))
	mux.Handle("GET /inline", show("inline", nil))
	mux.Handle("POST /{$}", page(func(r *http.Request) *web.Page {
		var form web.Form[SignUp]
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = form.FromRequest(r, body)
		}
		if err != nil {
			t.Error(err)
		}
		if !form.Valid() { // 200: a browser would report another status as an error
			return v.Page("signup", form)
		}
		return v.Redirect("/account").Flash("Welcome, <" + form.Value.Name + ">!")
	}))
	site := headers(guard(mux))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.Host, "evil.test") {
			_, port, _ := strings.Cut(r.Host, ":")
			show("evil", "http://shop.test:"+port+"/").ServeHTTP(w, r)
			return
		}
		site.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://127.0.0.1")
}

// shown is what a person perceives of a form, by eye or by a screen reader.
const shown = `[...document.querySelectorAll("input, textarea")].map(e => [
	e.labels[0].textContent, e.type == "checkbox" ? String(e.checked) : e.value,
	(e.getAttribute("aria-describedby") || "").split(" ").filter(id => id).map(id => document.getElementById(id).textContent).join(" | "),
	e.ariaInvalid || "", e.required ? "required" : "",
].join("; "))`

// Browsers say where a request comes from in different ways with and without https; this machine's own address
// counts as https.
func TestFormInBrowser(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"http://127.0.0.1", "http://shop.test"} {
		t.Run(host, func(t *testing.T) {
			t.Parallel()
			ctx, log := browsertest.New(t)
			origin := host + serveSite(t)
			const button, heading = chromedp.CSS("button"), chromedp.CSS("h1")
			browsertest.Do(t, ctx,
				chromedp.Navigate(origin+"/"),
				chromedp.SendKeys(chromedp.CSS("#field-name"), `Ada "<b>`),
				chromedp.SendKeys(chromedp.CSS("#field-email"), "ada@"),
				chromedp.SendKeys(chromedp.CSS("#field-password"), "short"),
				chromedp.SendKeys(chromedp.CSS("#field-about"), "\none\ntwo"),
				chromedp.Click(button),
				chromedp.WaitVisible(chromedp.CSS("#field-terms-error")),
				chromedp.WaitReady(chromedp.CSS("html.scripted")), // a script that is deferred
			)
			want := []string{
				`Name (optional); Ada "<b>; ; ; `,
				"E-mail address; ada@; Please enter an e-mail address, such as name@example.com.; true; required",
				"Password; ; At least 12 characters. | Please enter at least 12 characters.; true; required",
				"About (optional); one\ntwo; ; ; ",
				"I accept the terms.; false; Please tick this box.; true; required",
			}
			if diff := cmp.Diff(want, browsertest.Eval[[]string](t, ctx, shown)); diff != "" {
				t.Errorf("fields (-want +got):\n%s", diff)
			}
			if got := browsertest.Eval[string](t, ctx, "document.activeElement.id + ' ' + document.title"); got != "field-email Error: Sign up" {
				t.Errorf("the focus and the title are %q, want those of the first error", got)
			}
			if got := browsertest.Eval[string](t, ctx, "getComputedStyle(document.querySelector('.error')).color + document.documentElement.className"); got != "rgb(170, 0, 0)scripted" {
				t.Errorf("style and script give %q", got)
			}

			browsertest.Do(t, ctx,
				chromedp.SendKeys(chromedp.CSS("#field-email"), kb.End+"example.com"),
				chromedp.SendKeys(chromedp.CSS("#field-password"), "correct horse"),
				chromedp.Click(chromedp.CSS("label[for=field-terms]")),
				chromedp.Click(button),
				chromedp.WaitVisible(chromedp.CSS(".flash")),
			)
			if got := browsertest.Eval[string](t, ctx, "location.pathname + document.querySelector('.flash').textContent"); got != `/accountWelcome, <Ada "<b>>!` {
				t.Errorf("after the form: %q", got)
			}
			browsertest.Do(t, ctx, chromedp.Reload(), chromedp.WaitVisible(heading))
			if browsertest.Eval[bool](t, ctx, "document.querySelector('.flash') != null") {
				t.Error("the message is shown twice")
			}
			log.Check(t, origin)
		})
	}
}

func TestWhatABrowserRefuses(t *testing.T) {
	t.Parallel()
	ctx, log := browsertest.New(t)
	port := serveSite(t)
	browsertest.Do(t, ctx, chromedp.Navigate("http://shop.test"+port+"/inline"), chromedp.WaitVisible(chromedp.CSS("h1")))
	if got := browsertest.Eval[string](t, ctx, "document.title + getComputedStyle(document.querySelector('h1')).color"); got != "rgb(0, 0, 0)" {
		t.Errorf("what stands in the page itself has an effect: %q", got)
	}
	if got := log.Errors(); len(got) != 3 || !strings.Contains(strings.Join(got, ""), "script-src") {
		t.Errorf("the browser complains of %q, want the script, the handler and the style", got)
	}

	browsertest.Do(t, ctx,
		chromedp.Navigate("http://evil.test"+port+"/"),
		chromedp.Click(chromedp.CSS("button")),
		chromedp.WaitVisible(chromedp.CSS("h1")),
	)
	if got := browsertest.Eval[string](t, ctx, "location.host + document.title"); got != "shop.test"+port+"Denied" {
		t.Errorf("another site's form leads to %q", got)
	}
}
