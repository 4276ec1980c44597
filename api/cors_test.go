package api_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/terem-go/terem/api"
)

func TestCORS(t *testing.T) {
	t.Parallel()
	some := &api.CORS{Origins: []string{"https://app.example", "https://*.pages.example"}, Headers: []string{"X-Tenant"}}
	for name, c := range map[string]struct {
		cors     *api.CORS
		origin   string
		headers  string // that a preflight asks for
		allowed  string // the origin, or empty
		cookies  bool
		maxAge   string
		plainGet string // of an answer to GET
	}{
		"off":                 {nil, "https://app.example", "", "", false, "", ""},
		"allowed":             {some, "https://app.example", "authorization,content-type", "https://app.example", false, "600", ""},
		"a header of its own": {some, "https://app.example", "x-tenant", "https://app.example", false, "600", ""},
		"another header":      {some, "https://app.example", "x-other", "", false, "", "https://app.example"},
		"a subdomain":         {some, "https://a.pages.example", "", "https://a.pages.example", false, "600", ""},
		"a stranger":          {some, "https://evil.example", "", "", false, "", ""},
		"a lookalike":         {some, "https://app.example.evil", "", "", false, "", ""},
		"another scheme":      {some, "http://app.example", "", "", false, "", ""},
		"null":                {some, "null", "", "", false, "", ""},
		"all":                 {&api.CORS{Origins: []string{"*"}}, "https://any.example", "", "*", false, "600", ""},
		"cookies":             {&api.CORS{Origins: []string{"https://app.example"}, Credentials: true, MaxAge: 3e9}, "https://app.example", "", "https://app.example", true, "3", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			called := false
			cl := client(t, api.Config{CORS: c.cors}, nil, func(r *api.Router) {
				api.Put(r, "/x", func(context.Context, api.None, *nothing) (*text, error) {
					called = true
					return &text{}, nil
				}, api.Public)
				api.Get(r, "/x", func(context.Context, api.None, *nothing) (*text, error) { return &text{}, nil }, api.Public)
			}).With("Origin", c.origin)

			pre := cl.With("Access-Control-Request-Method", "PUT").With("Access-Control-Request-Headers", c.headers)
			if c.headers == "" {
				pre = cl.With("Access-Control-Request-Method", "PUT")
			}
			r := pre.Do("OPTIONS", "/x", nil)
			check := func(what string, h http.Header, allowed string) {
				t.Helper()
				if got := h.Get("Access-Control-Allow-Origin"); got != allowed {
					t.Errorf("%s: origin %q, want %q", what, got, allowed)
				}
				if got := h.Get("Access-Control-Allow-Credentials") == "true"; got != c.cookies {
					t.Errorf("%s: credentials %v", what, got)
				}
			}
			check("preflight", r.Header, c.allowed)
			if called {
				t.Error("the preflight reached the handler")
			}
			if got := r.Header.Get("Access-Control-Max-Age"); got != c.maxAge {
				t.Errorf("max age %q, want %q", got, c.maxAge)
			}
			if methods := r.Header.Get("Access-Control-Allow-Methods"); c.allowed != "" && methods != "PUT" {
				t.Errorf("methods %q", methods)
			}
			if c.cors == nil && r.Status != 405 || c.cors != nil && r.Status != 204 {
				t.Errorf("preflight: status %d", r.Status)
			}
			get := cl.Get("/x").Expect(200)
			check("GET", get.Header, c.allowed+c.plainGet)
			if c.cors != nil && !strings.Contains(strings.Join(get.Header.Values("Vary"), ","), "Origin") {
				t.Errorf("a cache could give the answer to another origin: %v", get.Header)
			}
			// A browser may read errors, too.
			check("404", cl.Get("/nowhere").Header, c.allowed+c.plainGet)
		})
	}
}
