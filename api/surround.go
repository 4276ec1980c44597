package api

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/gzhttp"
	"github.com/rs/cors"
)

// CORS says which pages of other origins may call the API from a browser.
type CORS struct {
	// Origins are the origins that may call, such as "https://app.example".
	// "*" means all; within one it stands for any text.
	Origins []string
	// Headers are request headers beside Authorization and Content-Type that
	// they may send.
	Headers []string
	// Credentials lets them send cookies. It cannot be had together with a "*".
	Credentials bool
	// MaxAge is how long browsers remember the permission. The default is
	// 10 minutes.
	MaxAge time.Duration
}

// surround puts around the routes what every request needs.
func (a *API) surround(next http.Handler) (http.Handler, error) {
	compress, err := gzhttp.NewWrapper(gzhttp.MinSize(1400)) // smaller ones fit one packet as they are
	if err != nil {
		return nil, fmt.Errorf("api: %w", err)
	}
	for _, m := range slices.Backward(a.config.Middleware) {
		next = m(next)
	}
	next = secureHeaders(compress(next), a.config.Secure)
	if c := a.config.CORS; c != nil {
		var more []string
		if a.written != nil {
			more = append(more, writtenHeader)
		}
		if next, err = c.allow(next, more); err != nil {
			return nil, err
		}
	}
	return a.observe(next), nil
}

// Values of headers, shared by all responses.
var (
	noContent = []string{"default-src 'none'; frame-ancestors 'none'"}
	noSniff   = []string{"nosniff"}
	onlyHTTPS = []string{"max-age=31536000"} // for a year
)

// secureHeaders sets what a browser should know before it shows anything of the
// API: that it is no page, and must not be made one. A handler that serves pages
// sets its own policy instead. Who is reached by https says that it stays so, for its
// own host: of those below it nothing is known here.
func secureHeaders(next http.Handler, secure bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h["Content-Security-Policy"] = noContent
		h["X-Content-Type-Options"] = noSniff
		if secure {
			h["Strict-Transport-Security"] = onlyHTTPS
		}
		next.ServeHTTP(w, r)
	})
}

// allow lets pages of other origins call next, and send and read more headers.
func (c *CORS) allow(next http.Handler, more []string) (http.Handler, error) {
	if len(c.Origins) == 0 {
		return nil, errors.New(`api: CORS names no origins, which would allow all. Say "*" if that is meant`)
	}
	for _, o := range c.Origins {
		if c.Credentials && strings.Contains(o, "*") {
			return nil, fmt.Errorf("api: CORS cannot allow credentials to the origins %s. Name each of them", o)
		}
	}
	age := c.MaxAge
	if age == 0 {
		age = 10 * time.Minute
	}
	return cors.New(cors.Options{
		AllowedOrigins:   c.Origins,
		AllowedMethods:   []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"},
		AllowedHeaders:   slices.Concat([]string{"Authorization", "Content-Type"}, c.Headers, more),
		ExposedHeaders:   append([]string{"X-Request-Id", "Retry-After"}, more...),
		AllowCredentials: c.Credentials,
		MaxAge:           int(age.Seconds()),
	}).Handler(next), nil
}
