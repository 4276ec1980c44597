package api

import (
	"context"
	"reflect"
)

// Policy says who may call a route. Every route names one.
type Policy struct {
	name  string
	needs reflect.Type // the dependency that check looks at; nil for Public
	check func(ctx context.Context, dep reflect.Value) error
}

// Public lets everybody call a route.
var Public = Policy{name: "api.Public"}

// Allow returns a policy that lets a request through for which check returns
// nil. It looks at a dependency, which must be provided: a dependency that
// cannot be resolved refuses the request by its own error. The name is for
// listings, and is best the name of the variable that holds the policy:
//
//	var Superuser = api.Allow("users.Superuser", func(ctx context.Context, u Current) error {
//		if !u.IsSuperuser {
//			return ErrNotAllowed.Here()
//		}
//		return nil
//	})
func Allow[D any](name string, check func(ctx context.Context, dep D) error) Policy {
	return Policy{name: name, needs: reflect.TypeFor[D](), check: func(ctx context.Context, dep reflect.Value) error {
		d, _ := dep.Interface().(D) // not ok only for a D that is an interface and nil
		return check(ctx, d)
	}}
}

// String returns the policy's name.
func (p Policy) String() string { return p.name }
