package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Policy adds sources to the Content-Security-Policy of pages, by directive:
//
//	web.Policy{"img-src": {"https://images.example"}, "frame-src": {"https://player.example"}}
//
// The policy without additions lets a page load scripts, styles, fonts, media and data from its own site, and
// images from there and data: addresses. It lets nothing stand inside the page itself (no style attributes, no
// onclick), sends forms to its own site only, and lets no page show this one in a frame.
type Policy map[string][]string

type directive struct{ name, sources string }

// directives are those of the policy, with the sources that they have before additions.
var directives = [...]directive{
	{"default-src", ""},
	{"script-src", "'self'"},
	{"style-src", "'self'"},
	{"img-src", "'self' data:"},
	{"font-src", "'self'"},
	{"media-src", "'self'"},
	{"connect-src", "'self'"},
	{"manifest-src", "'self'"},
	{"worker-src", "'self'"},
	{"frame-src", ""},
	{"object-src", ""},
	{"form-action", "'self'"},
	{"base-uri", ""},
	{"frame-ancestors", ""},
}

// Middleware returns middleware that sets the policy and the other headers by which browsers guard pages, for the
// handlers behind it to change. It refuses directives that it does not know, and sources that cannot stand in the
// header.
func (p Policy) Middleware() (func(http.Handler) http.Handler, error) {
	policy, err := p.header()
	if err != nil {
		return nil, err
	}
	framed := len(p["frame-ancestors"]) > 0
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h := w.Header()
			h.Set("Content-Security-Policy", policy)
			h.Set("X-Content-Type-Options", "nosniff")
			// With no-referrer, browsers would hide the origin of a page's own forms too, which CSRF compares
			// where a site has no https.
			h.Set("Referrer-Policy", "same-origin")
			if framed {
				h.Del("X-Frame-Options")
			} else {
				h.Set("X-Frame-Options", "DENY")
			}
			next.ServeHTTP(w, r)
		})
	}, nil
}

// header returns the value of Content-Security-Policy.
func (p Policy) header() (string, error) {
	for name := range p {
		if !slices.ContainsFunc(directives[:], func(d directive) bool { return d.name == name }) {
			return "", fmt.Errorf("web: Policy: %q is not one of its directives", name)
		}
	}
	var parts []string
	for _, d := range directives {
		sources := append(strings.Fields(d.sources), p[d.name]...)
		if i := slices.IndexFunc(sources, badSource); i >= 0 {
			return "", fmt.Errorf("web: Policy: the source %q of %s is not one source", sources[i], d.name)
		}
		if len(sources) == 0 {
			sources = []string{"'none'"}
		}
		parts = append(parts, d.name+" "+strings.Join(sources, " "))
	}
	return strings.Join(parts, "; "), nil
}

func badSource(s string) bool {
	return s == "" || strings.ContainsFunc(s, func(r rune) bool { return r == ';' || r == ',' || r <= ' ' || r > '~' })
}
