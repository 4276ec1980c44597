package rules

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/terem-go/terem/internal/structure"
)

var routeClash = &Rule{
	ID:    "route-clash",
	Title: "No two routes answer the same request.",
	Reason: "net/http picks the more specific of two patterns. Of two that are equal, or each of which answers what the other does not, " +
		"it can pick none: the application refuses to start.",
	WayOut: "change the path of one of them, so that it can be told which is meant",
	Application: func(a *Application) []Finding {
		var list []Finding
		mux := http.NewServeMux()
		for i, r := range a.App.Routes {
			if accepts(mux, r) {
				continue
			}
			for _, o := range a.App.Routes[:i] {
				// One call that registers several routes may be read as one twice.
				if r.At != o.At && clash(r, o) {
					list = append(list, Finding{File: r.At.File, Line: r.At.Line,
						Title: fmt.Sprintf("the route %s clashes with %s of %s", pattern(r), pattern(o), o.At.File)})
					break
				}
			}
		}
		return list
	},
}

func pattern(r *structure.Route) string { return strings.TrimSpace(r.Method + " " + r.Path) }

// clash asks net/http about two routes. One that it does not take by itself is no
// pattern: the application says so when it starts.
func clash(a, b *structure.Route) bool {
	mux := http.NewServeMux()
	return accepts(http.NewServeMux(), b) && accepts(mux, a) && !accepts(mux, b)
}

func accepts(mux *http.ServeMux, r *structure.Route) (ok bool) {
	defer func() { ok = recover() == nil }()
	mux.Handle(pattern(r), http.NotFoundHandler())
	return
}
