package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/web"
)

func ok(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }

func TestCSRF(t *testing.T) {
	t.Parallel()
	deny := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "our page", http.StatusForbidden) })
	guard, err := web.CSRF([]string{"https://app.example"}, deny)
	if err != nil {
		t.Fatal(err)
	}
	h := guard(http.HandlerFunc(ok))
	const target = "http://shop.example:8080/"
	for _, c := range []struct {
		method  string
		headers []string
		want    int
	}{
		{"POST", nil, 204}, // no browser
		{"POST", []string{"Sec-Fetch-Site: same-origin"}, 204},
		{"POST", []string{"Sec-Fetch-Site: cross-site"}, 403},
		{"POST", []string{"Sec-Fetch-Site: same-site"}, 403},
		{"DELETE", []string{"Sec-Fetch-Site: cross-site", "Origin: https://evil.example"}, 403},
		{"GET", []string{"Sec-Fetch-Site: cross-site"}, 204},
		{"POST", []string{"Sec-Fetch-Site: cross-site", "Origin: https://app.example"}, 204},
		{"POST", []string{"Origin: http://shop.example:8080"}, 204}, // a site without https
		{"POST", []string{"Origin: http://shop.example"}, 403},
		{"POST", []string{"Origin: null"}, 403},
	} {
		w := send(h, request(c.method, target, c.headers...))
		if w.Code != c.want || w.Code == 403 && w.Body.String() != "our page\n" {
			t.Errorf("%s with %q: %d %q, want %d", c.method, c.headers, w.Code, w.Body, c.want)
		}
	}

	plain, err := web.CSRF(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if w := send(plain(http.HandlerFunc(ok)), request("POST", "/", "Sec-Fetch-Site: cross-site")); w.Code != 403 {
		t.Errorf("without a handler for what is refused: %d", w.Code)
	}
	for _, origin := range []string{"app.example", "https://app.example/", "https://*.example"} {
		_, err := web.CSRF([]string{origin}, nil)
		wantError(t, err, "web: CSRF: ", origin)
	}
}

func TestPolicy(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		policy web.Policy
		want   http.Header
	}{
		"strict": {nil, http.Header{
			"Content-Security-Policy": {"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
				"media-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; frame-src 'none'; object-src 'none'; " +
				"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
			"X-Content-Type-Options": {"nosniff"},
			"X-Frame-Options":        {"DENY"},
			"Referrer-Policy":        {"same-origin"},
		}},
		"opened": {
			web.Policy{"img-src": {"https://img.example", "blob:"}, "frame-ancestors": {"https://host.example"}, "script-src": {"'wasm-unsafe-eval'"}},
			http.Header{
				"Content-Security-Policy": {"default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; " +
					"img-src 'self' data: https://img.example blob:; font-src 'self'; media-src 'self'; connect-src 'self'; " +
					"manifest-src 'self'; worker-src 'self'; frame-src 'none'; object-src 'none'; form-action 'self'; base-uri 'none'; " +
					"frame-ancestors https://host.example"},
				"X-Content-Type-Options": {"nosniff"},
				"Referrer-Policy":        {"same-origin"},
			},
		},
	} {
		headers, err := c.policy.Middleware()
		if err != nil {
			t.Fatal(err)
		}
		// What stands around it has a policy of its own, as that of package api has.
		h := func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", "default-src 'none'")
			w.Header().Set("X-Frame-Options", "DENY")
			headers(http.HandlerFunc(ok)).ServeHTTP(w, r)
		}
		if diff := cmp.Diff(c.want, send(http.HandlerFunc(h), request("GET", "/")).Header()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	for _, p := range []web.Policy{{"image-src": nil}, {"img-src": {""}}, {"img-src": {"a b"}}, {"img-src": {"a;script-src *"}}, {"img-src": {"a\n"}}, {"img-src": {"https://имя"}}} {
		_, err := p.Middleware()
		wantError(t, err, "web: Policy: ")
		for name := range p {
			if err != nil && !strings.Contains(err.Error(), name) {
				t.Errorf("the error %q does not name %s", err, name)
			}
		}
	}
}
