package api

import (
	"context"
	"net/http"
	"strings"
)

// Router registers routes under a common path and tag.
type Router struct {
	api    *API
	prefix string
	tag    string
}

// Router returns a router whose routes stand below prefix, such as "/api", and
// under a heading, such as "users", in the documentation.
func (a *API) Router(prefix, tag string) *Router {
	return &Router{api: a, prefix: strings.TrimSuffix(prefix, "/"), tag: tag}
}

// Get registers a route for GET, and HEAD. Its handler takes *db.Reader, *db.DB
// or None: a session does not compile.
func Get[S readScope, I, O any](r *Router, path string, h func(context.Context, S, *I) (*O, error), p Policy, opts ...Option) {
	register(r, http.MethodGet, path, h, p, opts)
}

// Post registers a route for POST.
func Post[S scope, I, O any](r *Router, path string, h func(context.Context, S, *I) (*O, error), p Policy, opts ...Option) {
	register(r, http.MethodPost, path, h, p, opts)
}

// Put registers a route for PUT.
func Put[S scope, I, O any](r *Router, path string, h func(context.Context, S, *I) (*O, error), p Policy, opts ...Option) {
	register(r, http.MethodPut, path, h, p, opts)
}

// Patch registers a route for PATCH.
func Patch[S scope, I, O any](r *Router, path string, h func(context.Context, S, *I) (*O, error), p Policy, opts ...Option) {
	register(r, http.MethodPatch, path, h, p, opts)
}

// Delete registers a route for DELETE.
func Delete[S scope, I, O any](r *Router, path string, h func(context.Context, S, *I) (*O, error), p Policy, opts ...Option) {
	register(r, http.MethodDelete, path, h, p, opts)
}
