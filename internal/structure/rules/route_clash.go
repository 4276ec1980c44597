package rules

import (
	"fmt"
	"net/http"
	"slices"
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
		before := map[string][]*structure.Route{} // by the first segment of the path; "{" for one that can be anything
		for n, r := range a.App.Routes {
			first := firstSegment(r)
			near := slices.Concat(before[first], before["{"])
			if first == "{" {
				near = a.App.Routes[:n]
			}
			i := slices.IndexFunc(near, func(o *structure.Route) bool {
				// One call that registers several routes may be read as one twice.
				return r.At != o.At && methodsMeet(r.Method, o.Method) && clash(pattern(r), pattern(o))
			})
			if i >= 0 {
				list = append(list, Finding{File: r.At.File, Line: r.At.Line,
					Title: fmt.Sprintf("the route %s clashes with %s of %s", pattern(r), pattern(near[i]), near[i].At.File)})
			}
			before[first] = append(before[first], r)
		}
		return list
	},
}

// firstSegment returns what only routes can clash with that have it as well, or can
// have anything there. Asking net/http about each pair would take long.
func firstSegment(r *structure.Route) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(r.Path, "/"), "/")
	if first == "" || strings.HasPrefix(first, "{") {
		return "{"
	}
	return first
}

// methodsMeet reports whether one request can be of both methods. GET is HEAD as
// well.
func methodsMeet(a, b string) bool {
	return a == b || a == "" || b == "" || a+b == "GETHEAD" || a+b == "HEADGET"
}

func pattern(r *structure.Route) string { return strings.TrimSpace(r.Method + " " + r.Path) }

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
