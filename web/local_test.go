package web_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/web"
)

var (
	localAddresses = []string{
		"/", "/account", "/orders?page=2&sort=name#top", "/a%20b", "/имя", "/a b", "/search?q=//x", "/a/../b", "/@evil.example", "/:80",
		"/a:b@c", "/?next=https://evil.example/",
	}
	otherAddresses = []string{
		"", "account", "?a", "#a", "//evil.example", "///evil.example", `/\evil.example`, `\\evil.example`, `/a\..\\evil`, "https://evil.example",
		"javascript:alert(1)", "/\t/evil.example", "/\n/evil.example", "\t//evil.example", " //evil.example", "/a\x00", "/a\x7f", "/\u0085/evil",
		"/.//evil.example", "/a/..//evil.example", "/%2Fevil.example", "/%2f%2fevil.example", "/%5Cevil.example", "/%09/evil.example",
		"/%zz", "/\xff", "/%ff", "/" + strings.Repeat("a", 2048), "http:/evil.example", "/a\r\nSet-Cookie: a=b",
	}
)

func TestLocal(t *testing.T) {
	t.Parallel()
	for _, next := range apitest.Hostile(10000) {
		if got := web.Local(next, "/fallback"); got != "/fallback" && (got != next || !strings.HasPrefix(got, "/") || strings.HasPrefix(got, "//") || strings.ContainsAny(got, "\\\r\n\t")) {
			t.Errorf("Local(%q) = %q", next, got)
		}
	}
	for _, next := range localAddresses {
		if got := web.Local(next, "/fallback"); got != next {
			t.Errorf("Local(%q) = %q", next, got)
		}
	}
	for _, next := range otherAddresses {
		if got := web.Local(next, "/fallback"); got != "/fallback" {
			t.Errorf("Local(%q) = %q", next, got)
		}
	}
}

// Whatever passes Local becomes the header of a redirect that stays on the site.
func FuzzLocal(f *testing.F) {
	for _, next := range append(localAddresses, otherAddresses...) {
		f.Add(next)
	}
	v := newViews(f, web.ViewsConfig{}, map[string]string{"home.html": "x"})
	site := &url.URL{Scheme: "https", Host: "site.example", Path: "/login"}
	f.Fuzz(func(t *testing.T, next string) {
		_, header, _ := render(t, v.Redirect(web.Local(next, "/fallback")), request("POST", "/login"))
		location := header.Get("Location")
		if strings.ContainsFunc(location, func(r rune) bool { return r <= ' ' || r > '~' || r == '\\' }) {
			t.Errorf("the header %q of %q", location, next)
		}
		to, err := url.Parse(location)
		if err != nil {
			t.Fatalf("the header %q of %q: %v", location, next, err)
		}
		if there := site.ResolveReference(to); there.Host != site.Host || there.Scheme != site.Scheme || strings.HasPrefix(there.Path, "//") {
			t.Errorf("%q leads to %s", next, there)
		}
	})
}
