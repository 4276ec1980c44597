package api

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
)

// route is one registered route.
type route struct {
	api     *API
	method  string
	path    string
	scope   scopeKind
	policy  Policy
	handler string // the handler's name
	place   string // where it was registered

	op        *huma.Operation
	input     *input
	output    *output
	fails     []*errs.Error
	unit      []db.Option
	deps      []dependency
	inSession bool
	maxBody   int64
	timeout   time.Duration

	parse   func(huma.Context) // huma's handler: parses, validates and calls ours
	mounted http.Handler       // instead of parse, for Handle
}

// dependency is a value that a route needs: for its policy, a field of its
// input, or both.
type dependency struct {
	provider *provider
	policy   bool
	field    []int // the input's field, nil if only the policy needs it
}

// Route describes a registered route.
type Route struct {
	Method       string   `json:"method"`
	Path         string   `json:"path"`
	Handler      string   `json:"handler"` // such as users.Router.get
	Session      string   `json:"session"` // the handler's second parameter, such as *db.Reader
	Policy       string   `json:"policy"`  // such as users.Superuser
	Dependencies []string `json:"dependencies"`
	Place        string   `json:"place"` // the file and line that registers it
}

// Routes lists the registered routes in the order of their registration.
func (a *API) Routes() []Route {
	a.seal()
	var list []Route
	for _, rt := range a.routes {
		r := Route{Method: rt.method, Path: rt.path, Handler: rt.handler, Session: rt.scope.String(),
			Policy: rt.policy.name, Dependencies: []string{}, Place: rt.place}
		if rt.mounted != nil {
			r.Session = "-"
		}
		for _, d := range rt.deps {
			r.Dependencies = append(r.Dependencies, d.provider.typ.String())
		}
		list = append(list, r)
	}
	return list
}

// register adds a typed route to the API and to its OpenAPI document.
func register[S scope, I, O any](r *Router, method, path string, kind scopeKind, h func(context.Context, S, *I) (*O, error), scope func(*call) S, p Policy, opts []Option) {
	rt := r.newRoute(method, path, functionName(h), p)
	rt.scope = kind
	rt.input = inputOf(reflect.TypeFor[I]())
	rt.output = outputOf(reflect.TypeFor[O]())
	rt.op.DefaultStatus = rt.output.status
	for _, opt := range opts {
		opt(rt)
	}
	if !rt.check() {
		return
	}
	rt.document()
	rt.add(func() {
		huma.Register(r.api.huma, *rt.op, func(ctx context.Context, in *I) (*struct{}, error) {
			c := callOf(ctx)
			c.inject(reflect.ValueOf(in).Elem())
			out, err := h(c.ctx, scope(c), in)
			if err != nil {
				c.err = err
			} else {
				c.encode(out)
			}
			return nil, nil
		})
	})
}

func (r *Router) newRoute(method, path, handler string, p Policy) *route {
	rt := &route{api: r.api, method: method, path: r.prefix + path, policy: p, handler: handler, place: callerPlace(),
		maxBody: r.api.config.MaxBody, timeout: r.api.config.Timeout}
	rt.op = &huma.Operation{Method: method, Path: rt.path, OperationID: operationID(handler), Summary: summary(handler),
		MaxBodyBytes: -1, BodyReadTimeout: -1} // the call reads bodies itself
	if r.tag != "" {
		rt.op.Tags = []string{r.tag}
	}
	return rt
}

// check reports whether the route can be registered, and records why not.
func (rt *route) check() bool {
	before := len(rt.api.problems)
	refuse := func(format string, args ...any) {
		rt.api.refuse(rt.place, "%s %s: "+format, append([]any{rt.method, rt.path}, args...)...)
	}
	if rt.policy.name == "" {
		refuse("names no policy. Say who may call it: api.Public or a policy made by api.Allow")
	}
	if rt.scope != noScope && rt.api.config.DB == nil {
		refuse("%s takes %s, but the API has no database. Set api.Config.DB, or take api.None", rt.handler, rt.scope)
	}
	if rt.input != nil && rt.input.problem != "" {
		refuse("%s", rt.input.problem)
	}
	streams := rt.input != nil && rt.input.upload != nil || rt.output != nil && rt.output.download
	if streams && (rt.scope == sessionScope || rt.scope == readerScope) {
		refuse("%s streams, which holds its %s for as long as the client likes. Take *db.DB and open units of work as needed", rt.handler, rt.scope)
	}
	if rt.inSession && rt.scope != sessionScope && rt.scope != readerScope {
		refuse("api.InSession needs a handler with a session or a reader, not %s", rt.scope)
	}
	return len(rt.api.problems) == before
}

// add runs f, which registers the route, and turns a panic of the router or of
// huma into a finding of Check.
func (rt *route) add(f func()) {
	defer func() {
		rt.api.pending = nil
		if p := recover(); p != nil {
			rt.api.refuse(rt.place, "%s %s: %s", rt.method, rt.path, strings.SplitN(fmt.Sprint(p), "\n", 2)[0])
		}
	}()
	rt.api.pending = rt
	f()
	rt.api.routes = append(rt.api.routes, rt)
}

// Handle mounts an http.Handler beside the typed routes. The pattern is that of
// http.ServeMux without a host, such as "GET /export" or "/files/"; the
// router's prefix is put before its path. The policy is asked first; the
// response is not buffered, and no deadline is set.
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
	rt.add(func() { r.api.mux.Handle(strings.TrimSpace(method+" "+rt.path), http.HandlerFunc(rt.serve)) })
}

// operationID makes "users.get" of "users.Router.get".
func operationID(handler string) string {
	parts := strings.Split(handler, ".")
	return parts[0] + "." + parts[len(parts)-1]
}

// summary makes "Reset password" of "users.Router.resetPassword".
func summary(handler string) string {
	name := handler[strings.LastIndex(handler, ".")+1:]
	var b strings.Builder
	for i, r := range name {
		if r >= 'A' && r <= 'Z' && i > 0 {
			b.WriteByte(' ')
			r += 'a' - 'A'
		}
		if i == 0 && r >= 'a' && r <= 'z' {
			r -= 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}
