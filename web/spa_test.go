package web_test

import (
	"net/http"
	"testing"

	"github.com/terem-go/terem/web"
)

// build is what Vite makes.
var build = map[string]string{
	"index.html":               `<!doctype html><script type="module" src="/assets/index-B1c2D3e4.js"></script>`,
	"assets/index-B1c2D3e4.js": "render()",
	"favicon.svg":              "<svg/>",
}

func TestSPA(t *testing.T) {
	t.Parallel()
	notFound := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "{}", http.StatusNotFound) })
	h, err := web.SPA(folder(build), web.SPAConfig{Immutable: []string{"assets"}, Except: []string{"/api", "/docs/"}, NotFound: notFound})
	if err != nil {
		t.Fatal(err)
	}
	const (
		html    = "Accept: text/html,application/xhtml+xml,*/*;q=0.8"
		forever = "public, max-age=31536000, immutable"
	)
	for _, c := range []struct {
		method, path, accept string
		status               int
		body, cache          string
	}{
		{"GET", "/", html, 200, build["index.html"], "no-cache"},
		{"GET", "/", "Accept: */*", 200, build["index.html"], "no-cache"},
		{"GET", "/index.html", html, 200, build["index.html"], "no-cache"},
		{"GET", "/users/7", html, 200, build["index.html"], "no-cache"},
		{"GET", "/users/", html, 200, build["index.html"], "no-cache"},
		{"GET", "/assets", html, 200, build["index.html"], "no-cache"},
		{"HEAD", "/users/7", html, 200, "", "no-cache"},
		{"GET", "/assets/index-B1c2D3e4.js", "Accept: */*", 200, "render()", forever},
		{"GET", "/favicon.svg", "Accept: image/*", 200, "<svg/>", "no-cache"},
		{"GET", "/assets/old-00000000.js", html, 404, "{}\n", ""},
		{"GET", "/users/7", "Accept: application/json", 404, "{}\n", ""},
		{"GET", "/users/7", "", 404, "{}\n", ""},
		{"POST", "/users/7", html, 404, "{}\n", ""},
		{"POST", "/", html, 405, "Method Not Allowed\n", ""},
		{"GET", "/api", html, 404, "{}\n", ""},
		{"GET", "/api/missing", html, 404, "{}\n", ""},
		{"GET", "/docs/", html, 404, "{}\n", ""},
		{"GET", "/apiary", html, 200, build["index.html"], "no-cache"},
		{"GET", "/../secret", html, 200, build["index.html"], "no-cache"},
		{"GET", "/secret.txt", html, 404, "{}\n", ""},
	} {
		w := send(h, request(c.method, c.path, c.accept))
		if c.method == "HEAD" {
			w.Body.Reset() // as net/http does
		}
		if w.Code != c.status || w.Body.String() != c.body || w.Header().Get("Cache-Control") != c.cache {
			t.Errorf("%s %s (%s): %d %q, %v", c.method, c.path, c.accept, w.Code, w.Body, w.Header())
		}
	}
}

func TestSPADefaults(t *testing.T) {
	t.Parallel()
	h, err := web.SPA(folder(build), web.SPAConfig{})
	if err != nil {
		t.Fatal(err)
	}
	if w := send(h, request("GET", "/assets/index-B1c2D3e4.js")); w.Header().Get("Cache-Control") != "no-cache" {
		t.Errorf("a file whose name may have no hash is kept for ever: %v", w.Header())
	}
	if w := send(h, request("GET", "/missing.js")); w.Code != 404 {
		t.Errorf("a missing file: %d", w.Code)
	}

	for _, c := range []struct {
		config web.SPAConfig
		want   string
	}{
		{web.SPAConfig{Index: "app.html"}, "app.html"},
		{web.SPAConfig{Immutable: []string{"static"}}, `"static"`},
		{web.SPAConfig{Immutable: []string{"favicon.svg"}}, `"favicon.svg"`},
		{web.SPAConfig{Except: []string{"api"}}, `"api"`},
	} {
		_, err := web.SPA(folder(build), c.config)
		wantError(t, err, "web: SPA: ", c.want)
	}
}
