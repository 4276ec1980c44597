package api

import (
	"fmt"
	"net/http"
	"strings"
)

// Handle mounts an http.Handler beside the typed routes. The pattern is that of
// http.ServeMux without a host, such as "GET /export" or "/files/"; the
// router's prefix is put before its path. The policy is asked first; the
// response is not buffered, and no deadline is set but 30 s for each write.
func Handle(r *Router, pattern string, h http.Handler, p Policy) {
	method, path, ok := strings.Cut(pattern, " ")
	if !ok {
		method, path = "", pattern
	}
	rt := r.newRoute(method, path, fmt.Sprintf("%T", h), p)
	rt.mounted = h
	if f, ok := h.(http.HandlerFunc); ok {
		rt.handler = functionName(f)
	}
	if !rt.check() {
		return
	}
	rt.add(func() { r.api.mux.Handle(rt.pattern, http.HandlerFunc(rt.serve)) })
}
