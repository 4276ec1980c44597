// Package docsui serves an interactive page that documents an API from its OpenAPI specification and
// works without a network.
package docsui

import (
	"bytes"
	"cmp"
	_ "embed"
	"html/template"
	"net/http"
)

// Options say where the page is and what it shows. The zero value is a page at /docs for the
// specification at /openapi.json.
type Options struct {
	// Title is the title of the page, "API documentation" by default.
	Title string
	// Prefix is the path of the page, "/docs" by default. It begins with a slash and does not end
	// with one.
	Prefix string
	// SpecURL is the address of the specification, "/openapi.json" by default. It must be on the
	// page's own origin, as must the servers that it names: the page may not talk to any other.
	SpecURL string
}

// The browser sees to it that everything on the page comes from the server of the page, and that no text
// in a specification runs as a script. Some images are made in the page itself: the icons in Swagger UI's
// styles have data: addresses, an image in a response that it shows has a blob: address.
const contentSecurityPolicy = "default-src 'none'; " +
	"script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: blob:; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

//go:embed page/page.html
var pageHTML string

var pageTemplate = template.Must(template.New("page").Parse(pageHTML))

// Handler returns a handler for the page at o.Prefix and for its assets below it. It expects requests
// with their whole path, and answers GET and HEAD. It panics if o.Prefix is not as described.
func Handler(o Options) http.Handler {
	prefix := cmp.Or(o.Prefix, "/docs")
	mux := http.NewServeMux()
	serve := func(assets ...asset) (addresses []string) {
		for _, a := range assets {
			address := prefix + "/assets/" + a.name
			mux.Handle("GET "+address, a)
			addresses = append(addresses, address)
		}
		return addresses
	}

	var page bytes.Buffer
	err := pageTemplate.Execute(&page, map[string]any{
		"Title":   cmp.Or(o.Title, "API documentation"),
		"SpecURL": cmp.Or(o.SpecURL, "/openapi.json"),
		"Styles":  serve(compressed("swagger-ui.css", swaggerCSS), plain("docs.css", docsCSS)),
		"Scripts": serve(compressed("swagger-ui-bundle.js", swaggerJS), plain("docs.js", docsJS)),
	})
	if err != nil {
		panic(err)
	}

	mux.Handle("GET "+prefix+"/{$}", http.RedirectHandler(prefix, http.StatusMovedPermanently))
	mux.HandleFunc("GET "+prefix, func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", contentSecurityPolicy)
		h.Set("Cache-Control", "no-cache") // the next version names other assets
		h.Set("Referrer-Policy", "same-origin")
		h.Set("X-Content-Type-Options", "nosniff")
		w.Write(page.Bytes())
	})
	return mux
}
