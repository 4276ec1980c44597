package api

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// seal connects the routes with the providers of what they need, which may have
// been registered after them, and returns what is wrong. It does so once, unless
// more is registered afterwards.
func (a *API) seal() []error {
	if a.sealed {
		return a.unsealed
	}
	problems := slices.Clone(a.schemas.problems)
	for _, rt := range a.routes {
		refuse := func(format string, args ...any) {
			problems = append(problems, fmt.Errorf("%s: %s: %s", rt.place, rt.pattern, fmt.Sprintf(format, args...)))
		}
		rt.connect(refuse)
		rt.secure()
	}
	a.sealed, a.unsealed = true, problems
	return problems
}

// connect finds the providers of what the route's policy and input need.
func (rt *route) connect(refuse func(format string, args ...any)) {
	rt.deps = nil
	providers := rt.api.providers
	if t := rt.policy.needs; t != nil {
		if p := providers[t]; p != nil {
			rt.deps = append(rt.deps, dependency{provider: p, policy: true})
		} else {
			refuse("the policy %s needs a %s, which nobody provides. Register its domain, or call api.Provide", rt.policy.name, t)
		}
	}
	if t := rt.policy.needs; rt.idempotent && t != nil && !t.Implements(reflect.TypeFor[Caller]()) {
		refuse("api.Idempotent keeps keys apart by caller, and the %s that the policy %s looks at does not tell who calls. Give it a method CallerID() string", t, rt.policy.name)
	}
	if rt.input == nil {
		return
	}
	for _, f := range rt.input.fields {
		if p := providers[f.typ]; p != nil {
			rt.want(f, p)
		} else {
			refuse("the field %s of %s is a %s, which nobody provides. Tag it path, query, header or cookie, name it Body, or call api.Provide",
				f.name, rt.input.typ, f.typ)
		}
	}
	if b := rt.input.body; b != nil {
		inside(b, "Body", func(at string, f reflect.StructField) {
			if providers[f.Type] != nil {
				refuse("%s.%s is a dependency inside the body, which clients write. Put it beside the body", rt.input.typ, at)
			}
		})
	}
}

// want adds the field to the dependencies of the route.
func (rt *route) want(f field, p *provider) {
	i := slices.IndexFunc(rt.deps, func(d dependency) bool { return d.provider == p })
	if i < 0 {
		i = len(rt.deps)
		rt.deps = append(rt.deps, dependency{provider: p})
	}
	rt.deps[i].fields = append(rt.deps[i].fields, f.index)
}

// secure shows in the document how callers of the route say who they are: to each
// dependency in one of its ways.
func (rt *route) secure() {
	rt.op.Security = nil
	for _, d := range rt.deps {
		if len(d.provider.security) > 0 {
			rt.op.Security = d.provider.also(rt.op.Security)
		}
	}
}

// also returns the ways of a route that the provider joins.
func (p *provider) also(ways []map[string][]string) (list []map[string][]string) {
	if len(ways) == 0 {
		ways = []map[string][]string{{}}
	}
	for _, way := range ways {
		if slices.ContainsFunc(p.security, func(s Security) bool { return way[s.Name] != nil }) {
			list = append(list, way)
			continue
		}
		for _, s := range p.security {
			longer := maps.Clone(way)
			longer[s.Name] = []string{}
			list = append(list, longer)
		}
	}
	return list
}

// challenge returns the value of WWW-Authenticate for the route, or "".
func (rt *route) challenge() string {
	for _, d := range rt.deps {
		for _, s := range d.provider.security {
			if s.Scheme != "" { // a key in a header of its own has none
				return strings.ToUpper(s.Scheme[:1]) + s.Scheme[1:]
			}
		}
	}
	return ""
}
