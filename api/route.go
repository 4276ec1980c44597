package api

import (
	"context"
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
	pattern string // both, as http.ServeMux knows them
	scope   scopeKind
	policy  Policy
	handler string // the handler's name
	place   place  // where it was registered

	op         *huma.Operation
	input      *input
	output     *output
	fails      []*errs.Error
	unit       []db.Option
	policyUnit []db.Option // of what the policy and the dependencies read
	deps       []dependency
	inSession  bool
	idempotent bool
	maxBody    int64
	timeout    time.Duration

	parse   func(huma.Context) // huma's handler: parses, validates and calls ours
	mounted http.Handler       // instead of parse, for Handle
}

// dependency is a value that a route needs: for its policy, for fields of its
// input, or both.
type dependency struct {
	provider *provider
	policy   bool
	fields   [][]int
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
			Policy: rt.policy.name, Dependencies: []string{}, Place: rt.place.String()}
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
func register[S scope, I, O any](r *Router, method, path string, h func(context.Context, S, *I) (*O, error), p Policy, opts []Option) {
	rt := r.newRoute(method, path, functionName(h), p)
	rt.scope = kindOf[S]()
	rt.input = inputOf(reflect.TypeFor[I](), rt.path)
	rt.output = outputOf(reflect.TypeFor[O]())
	rt.op.DefaultStatus = rt.output.status
	rt.op.Hidden = rt.output.rendered
	rt.op.RejectUnknownQueryParameters = !rt.output.rendered // links to pages gather what others add
	for _, opt := range opts {
		opt(rt)
	}
	if !rt.check() {
		return
	}
	rt.add(func() {
		if !rt.op.Hidden {
			rt.document()
		}
		huma.Register(r.api.huma, *rt.op, func(ctx context.Context, in *I) (*struct{}, error) {
			c := callOf(ctx)
			v := reflect.ValueOf(in).Elem()
			if faults := rt.input.faults(v); faults != nil {
				c.err = errInvalid.With(faults...)
				return nil, nil
			}
			if c.err = c.inject(v); c.err != nil {
				return nil, nil
			}
			out, err := h(c.ctx, scopeOf[S](c), in)
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
	rt.pattern = strings.TrimSpace(method + " " + rt.path)
	rt.op = &huma.Operation{Method: method, Path: documentedPath(rt.path), OperationID: operationID(handler), Summary: summary(handler),
		MaxBodyBytes: -1, BodyReadTimeout: -1} // the call reads bodies itself
	if !strings.HasPrefix(path, "/") && r.prefix != "" { // check finds it without a prefix
		r.api.refuse(rt.place, "%s %s: the path does not begin with a slash", method, path)
	}
	if r.tag != "" {
		rt.op.Tags = []string{r.tag}
	}
	return rt
}
