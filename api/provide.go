package api

import (
	"context"
	"fmt"
	"net/http"
	"reflect"

	"github.com/terem-go/terem/db"
)

// Security is a way in which clients say who they are. Dependencies declare it,
// and the routes that use them show it in the OpenAPI document.
type Security struct {
	Name   string // the scheme's name in the document, such as "bearer"
	Scheme string // the HTTP authentication scheme, sent in WWW-Authenticate; may be empty where there is a Header
	Format string // what a bearer token is, for the documentation; may be empty
	Header string // documented as an API key in this header, for schemes that OpenAPI has no name for; may be empty
}

// Bearer is a token in the Authorization header (RFC 6750).
var Bearer = Security{Name: "bearer", Scheme: "bearer", Format: "JWT"}

// provider makes values of one type from requests.
type provider struct {
	typ      reflect.Type
	make     func(ctx context.Context, q db.Querier, r *http.Request) (reflect.Value, error)
	security []Security
	name     string
	place    place
}

// Provide registers how a T is made from a request. Every handler whose input
// has a field of type T gets it, resolved once in each attempt at a request. f
// must not read the body, which is empty for it, and cannot write: q is nil in
// an API without a database. Providers hold for the whole API; a second one for
// a type is refused by Check.
func Provide[T any](r *Router, f func(ctx context.Context, q db.Querier, r *http.Request) (T, error), security ...Security) {
	a, t := r.api, reflect.TypeFor[T]()
	p := &provider{typ: t, security: security, name: functionName(f), place: callerPlace(),
		make: func(ctx context.Context, q db.Querier, r *http.Request) (reflect.Value, error) {
			v, err := f(ctx, q, r)
			return reflect.ValueOf(&v).Elem(), err
		}}
	if a.handler != nil {
		panic(fmt.Sprintf("api: %s: %s is provided after API.Handler was called", p.place, t))
	}
	if first, ok := a.providers[t]; ok {
		a.refuse(p.place, "%s is provided twice, first at %s. Provide it in one domain, or give the other a type of its own", t, first.place)
		return
	}
	a.providers[t], a.sealed = p, false
	for _, s := range security {
		a.secure(s)
	}
}

// refuse records something that Check reports.
func (a *API) refuse(at place, format string, args ...any) {
	a.problems = append(a.problems, fmt.Errorf("%s: %s", at, fmt.Sprintf(format, args...)))
}

// resolve returns the values of the dependencies that the route needs, after
// its policy let the request through.
func (rt *route) resolve(ctx context.Context, q db.Querier, r *http.Request) ([]reflect.Value, error) {
	values := make([]reflect.Value, len(rt.deps))
	for i, d := range rt.deps {
		v, err := d.provider.make(ctx, q, r)
		if err != nil {
			return nil, err
		}
		values[i] = v
		if d.policy {
			if err := rt.policy.check(ctx, v); err != nil {
				return nil, err
			}
		}
	}
	return values, nil
}
