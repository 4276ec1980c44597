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
		for i, r := range a.App.Routes {
			for _, other := range a.App.Routes[:i] {
				if mayClash(r, other) && clash(pattern(r), pattern(other)) {
					list = append(list, Finding{File: r.At.File, Line: r.At.Line,
						Title: fmt.Sprintf("the route %s clashes with %s of %s", pattern(r), pattern(other), other.At.File)})
					break
				}
			}
		}
		return list
	},
}

func pattern(r *structure.Route) string { return strings.TrimSpace(r.Method + " " + r.Path) }

// mayClash rules most pairs out at once: two constant first segments that differ.
func mayClash(a, b *structure.Route) bool {
	if a.Method != b.Method && a.Method != "" && b.Method != "" && (a.Method != "GET" && b.Method != "GET" || a.Method != "HEAD" && b.Method != "HEAD") {
		return false
	}
	first := func(path string) string { s, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/"); return s }
	x, y := first(a.Path), first(b.Path)
	return x == y || strings.ContainsAny(x, "{") || strings.ContainsAny(y, "{") || x == "" || y == ""
}

// clash asks net/http itself.
func clash(a, b string) (refused bool) {
	nothing := http.NotFoundHandler()
	mux := http.NewServeMux()
	if !accepts(mux, a, nothing) || !accepts(http.NewServeMux(), b, nothing) {
		return false // one of them is no pattern: the application says so when it starts
	}
	return !accepts(mux, b, nothing)
}

func accepts(mux *http.ServeMux, pattern string, h http.Handler) (ok bool) {
	defer func() { ok = recover() == nil }()
	mux.Handle(pattern, h)
	return
}
