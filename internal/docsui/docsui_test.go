package docsui_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/internal/docsui"
)

// get sends a request straight to the handler for o. Headers are pairs of a name and a value.
func get(t *testing.T, o docsui.Options, method, path string, headers ...string) (*http.Response, string) {
	t.Helper()
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	docsui.Handler(o).ServeHTTP(w, r)
	res := w.Result()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

func TestPageHeaders(t *testing.T) {
	t.Parallel()
	res, _ := get(t, docsui.Options{}, "GET", "/docs")
	want := http.Header{
		"Cache-Control": {"no-cache"},
		"Content-Security-Policy": {"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
			"img-src 'self' data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
		"Content-Type":           {"text/html; charset=utf-8"},
		"Referrer-Policy":        {"same-origin"},
		"X-Content-Type-Options": {"nosniff"},
	}
	if diff := cmp.Diff(want, res.Header); diff != "" {
		t.Errorf("headers of the page (-want +got):\n%s", diff)
	}
}

func TestPageShowsOptions(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		options docsui.Options
		path    string
		want    []string
		not     []string
	}{
		"defaults": {
			path: "/docs",
			want: []string{
				"<title>API documentation</title>",
				`data-spec-url="/openapi.json"`,
				`<a href="/openapi.json">/openapi.json</a>`,
				`src="/docs/assets/`,
			},
		},
		"all set": {
			options: docsui.Options{Title: "Shop", Prefix: "/internal/api", SpecURL: "/v2/openapi.json?lang=en"},
			path:    "/internal/api",
			want: []string{
				"<title>Shop</title>",
				`data-spec-url="/v2/openapi.json?lang=en"`,
				`src="/internal/api/assets/`,
			},
			not: []string{"/docs/"},
		},
		"hostile title": {
			options: docsui.Options{Title: `</title><script>alert(1)</script>`},
			path:    "/docs",
			want:    []string{"<title>&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;</title>"},
			not:     []string{"<script>"},
		},
		"hostile address": {
			options: docsui.Options{SpecURL: `/"><script>alert(1)</script>`},
			path:    "/docs",
			want:    []string{`data-spec-url="/%22%3e%3cscript%3ealert%281%29%3c/script%3e"`},
			not:     []string{"<script>"},
		},
		"script as address": {
			options: docsui.Options{SpecURL: "javascript:alert(1)"},
			path:    "/docs",
			not:     []string{`href="javascript:`, `data-spec-url="javascript:`},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, page := get(t, test.options, "GET", test.path)
			for _, want := range test.want {
				if !strings.Contains(page, want) {
					t.Errorf("the page lacks %s:\n%s", want, page)
				}
			}
			for _, not := range test.not {
				if strings.Contains(page, not) {
					t.Errorf("the page contains %s:\n%s", not, page)
				}
			}
		})
	}
}

func TestStatuses(t *testing.T) {
	t.Parallel()
	type answer struct {
		Status          int
		Allow, Location string
	}
	tests := []struct {
		method, path string
		want         answer
	}{
		{"GET", "/docs", answer{Status: 200}},
		{"HEAD", "/docs", answer{Status: 200}},
		{"POST", "/docs", answer{Status: 405, Allow: "GET, HEAD"}},
		{"GET", "/docs/", answer{Status: 301, Location: "/docs"}},
		{"DELETE", "/docs/", answer{Status: 405, Allow: "GET, HEAD"}},
		{"GET", "/docs/assets", answer{Status: 404}},
		{"GET", "/docs/assets/", answer{Status: 404}},
		{"GET", "/docs/assets/swagger-ui-bundle.js", answer{Status: 404}},
		{"GET", "/docs/page.html", answer{Status: 404}},
		{"GET", "/", answer{Status: 404}},
		{"PUT", assets(t)[0], answer{Status: 405, Allow: "GET, HEAD"}},
	}
	for _, test := range tests {
		t.Run(test.method+" "+test.path, func(t *testing.T) {
			t.Parallel()
			res, _ := get(t, docsui.Options{}, test.method, test.path)
			got := answer{res.StatusCode, res.Header.Get("Allow"), res.Header.Get("Location")}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("answer (-want +got):\n%s", diff)
			}
		})
	}
}

func TestUnusablePrefixPanics(t *testing.T) {
	t.Parallel()
	for _, prefix := range []string{"docs", "/docs/", "/"} {
		t.Run(prefix, func(t *testing.T) {
			t.Parallel()
			defer func() {
				if recover() == nil {
					t.Errorf("Handler accepted the prefix %q", prefix)
				}
			}()
			docsui.Handler(docsui.Options{Prefix: prefix})
		})
	}
}
