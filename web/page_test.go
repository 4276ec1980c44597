package web_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/errs"
	"github.com/terem-go/terem/web"
)

// pages has a page that shows messages, one that does not, and one that needs a map with a name.
var pages = map[string]string{
	"shows.html": `{{range .Flash}}{{.Kind}}/{{.Role}}: {{.Text}};{{end}}`,
	"quiet.html": `quiet`,
	"name.html":  `{{.Data.name}}`,
}

func TestPage(t *testing.T) {
	t.Parallel()
	v := newViews(t, web.ViewsConfig{}, pages)
	login := web.Cookie{Name: "login", Secure: true, MaxAge: time.Hour}
	status, header, body := render(t, v.Page("quiet", nil).Status(418).Header("X-One", "1").Cookie(login.Set("a.b-c")), request("GET", "/"))
	want := http.Header{
		"Cache-Control": {"no-store"},
		"Content-Type":  {"text/html; charset=utf-8"},
		"Set-Cookie":    {"__Host-login=a.b-c; Path=/; Max-Age=3600; HttpOnly; Secure; SameSite=Lax"},
		"X-One":         {"1"},
	}
	if diff := cmp.Diff(want, header); diff != "" || status != 418 || body != "quiet" {
		t.Errorf("status %d, body %q, header (-want +got):\n%s", status, body, diff)
	}
	_, header, _ = render(t, v.Page("quiet", nil).Header("Cache-Control", "public").Header("Content-Type", "image/svg+xml"), request("GET", "/"))
	if header.Get("Cache-Control") != "public" || header.Get("Content-Type") != "image/svg+xml" {
		t.Errorf("headers of its own: %v", header)
	}
}

func TestPageRetryAfter(t *testing.T) {
	t.Parallel()
	v := newViews(t, web.ViewsConfig{}, pages)
	tooMany, busy := errs.New(errs.TooMany, "many", "Too many."), errs.New(errs.Unavailable, "busy", "Busy.")
	for name, c := range map[string]struct {
		err    error
		status int
		after  string
	}{
		"too many":   {fmt.Errorf("at login: %w", tooMany.Here().After(1500*time.Millisecond)), 429, "2"},
		"busy":       {busy.Here().After(time.Second), 503, "1"},
		"no time":    {tooMany.Here(), 422, ""},
		"no meaning": {errors.New("x"), 422, ""},
		"nothing":    {nil, 422, ""},
	} {
		status, header, body := render(t, v.Page("quiet", nil).Status(422).RetryAfter(c.err), request("POST", "/"))
		if status != c.status || header.Get("Retry-After") != c.after || body != "quiet" {
			t.Errorf("%s: status %d, Retry-After %q, body %q", name, status, header.Get("Retry-After"), body)
		}
	}
}

func TestPageThatCannotBeRendered(t *testing.T) {
	t.Parallel()
	v := newViews(t, web.ViewsConfig{Key: key}, pages)
	cookie := web.Cookie{Name: "c"}
	for name, c := range map[string]struct {
		page *web.Page
		want []string
	}{
		"no template":      {v.Page("missing", nil), []string{"missing.html"}},
		"nothing":          {v.Page("", nil), []string{`""`}},
		"lacks data":       {v.Page("name", map[string]string{"nom": "x"}), []string{"name.html:1", "name"}},
		"status":           {v.Page("quiet", nil).Status(42), []string{"quiet", "42"}},
		"redirect status":  {v.Redirect("/").Status(200), []string{"200", "303"}},
		"cookie value":     {v.Page("quiet", nil).Cookie(cookie.Set("a;b")), []string{`"c"`, "';'"}},
		"cookie name":      {v.Page("quiet", nil).Cookie(web.Cookie{Name: "a b"}.Set("")), []string{`"a b"`}},
		"cookie size":      {v.Redirect("/").Cookie(cookie.Set(strings.Repeat("x", 4096))), []string{`"c"`, "4130", "4096"}},
		"message size":     {v.Redirect("/").Flash(strings.Repeat("x", 4096)), []string{`"flash"`, "4096"}},
		"other site":       {v.Redirect("//evil.example/?token=s3cret"), []string{`"//evil.example/"`, "web.Local"}},
		"no target":        {v.Redirect(""), []string{`""`}},
		"header injection": {v.Redirect("/a\r\nSet-Cookie: x=y"), []string{"leads away"}},
	} {
		w := httptest.NewRecorder()
		err := c.page.Send(w, request("GET", "/"))
		wantError(t, err, c.want...)
		if err != nil && strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: the error tells a secret: %v", name, err)
		}
		if len(w.Header()) > 0 || w.Body.Len() > 0 {
			t.Errorf("%s: something was sent: %v %q", name, w.Header(), w.Body)
		}
	}
	_, _, _, err := newViews(t, web.ViewsConfig{}, pages).Redirect("/").Flash("x").Render(request("GET", "/"))
	wantError(t, err, "Key")
}

func TestRedirect(t *testing.T) {
	t.Parallel()
	v := newViews(t, web.ViewsConfig{}, pages)
	status, header, body := render(t, v.Redirect("/имя/a b?q=é#top").Cookie(web.Cookie{Name: "login"}.Clear()), request("POST", "/"))
	want := http.Header{
		"Cache-Control": {"no-store"},
		"Location":      {"/%D0%B8%D0%BC%D1%8F/a%20b?q=%C3%A9#top"},
		"Set-Cookie":    {"login=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"},
	}
	if diff := cmp.Diff(want, header); diff != "" || status != 303 || body != "" {
		t.Errorf("status %d, body %q, header (-want +got):\n%s", status, body, diff)
	}
	if status, _, _ = render(t, v.Redirect("/").Status(308), request("POST", "/")); status != 308 {
		t.Errorf("status %d, want 308", status)
	}
}

// A page is sent as net/http would: beside what middleware has set.
func TestSend(t *testing.T) {
	t.Parallel()
	v := newViews(t, web.ViewsConfig{}, pages)
	w := httptest.NewRecorder()
	w.Header().Set("Cache-Control", "public")
	w.Header().Set("Set-Cookie", "a=1")
	if err := v.Page("quiet", nil).Status(404).Cookie(web.Cookie{Name: "b"}.Set("2")).Send(w, request("GET", "/")); err != nil {
		t.Fatal(err)
	}
	want := http.Header{
		"Cache-Control":  {"no-store"},
		"Content-Length": {"5"},
		"Content-Type":   {"text/html; charset=utf-8"},
		"Set-Cookie":     {"a=1", "b=2; Path=/; HttpOnly; SameSite=Lax"},
	}
	if diff := cmp.Diff(want, w.Header()); diff != "" || w.Code != 404 || w.Body.String() != "quiet" {
		t.Errorf("status %d, body %q, header (-want +got):\n%s", w.Code, w.Body, diff)
	}
}
