package web

import (
	"fmt"
	"net/http"
	"strings"
)

// CSRF returns middleware that refuses requests which pages of other sites make a browser send, by
// http.CrossOriginProtection: forms need no token. GET, HEAD and OPTIONS pass, as do clients that are no browsers.
//
// The trusted origins, such as "https://app.example", may send what they like. What is refused is answered by deny,
// or with a plain 403 where that is nil.
func CSRF(trusted []string, deny http.Handler) (func(http.Handler) http.Handler, error) {
	p := http.NewCrossOriginProtection()
	for _, origin := range trusted {
		if strings.Contains(origin, "*") {
			return nil, fmt.Errorf("web: CSRF: the trusted origin %q is a pattern. Name each origin", origin)
		}
		if err := p.AddTrustedOrigin(origin); err != nil {
			return nil, fmt.Errorf("web: CSRF: %w", err)
		}
	}
	p.SetDenyHandler(deny)
	return p.Handler, nil
}
