package api

import (
	"fmt"
	"reflect"
	"strings"
)

// seal connects the routes with the providers of what they need, which may have
// been registered after them, and returns what is wrong.
func (a *API) seal() []error {
	problems := a.schemas.problems
	for _, rt := range a.routes {
		rt.deps = nil
		refuse := func(format string, args ...any) {
			problems = append(problems, fmt.Errorf("%s: %s %s: %s", rt.place, rt.method, rt.path, fmt.Sprintf(format, args...)))
		}
		if t := rt.policy.needs; t != nil {
			if p := a.providers[t]; p != nil {
				rt.deps = append(rt.deps, dependency{provider: p, policy: true})
			} else {
				refuse("the policy %s needs a %s, which nobody provides. Register its domain, or call api.Provide", rt.policy.name, t)
			}
		}
		if rt.input == nil {
			continue
		}
		for _, f := range rt.input.fields {
			if !rt.want(f, a.providers[f.typ]) {
				refuse("the field %s of %s is a %s, which nobody provides. Tag it path, query, header or cookie, name it Body, or call api.Provide",
					f.name, rt.input.typ, f.typ)
			}
		}
		if b := rt.input.body; b != nil {
			if at := within(b, a.providers, "Body", map[reflect.Type]bool{}); at != "" {
				refuse("%s.%s is a dependency inside the body, which clients write. Put it beside the body", rt.input.typ, at)
			}
		}
		rt.secure()
	}
	return problems
}

// want adds the field to the dependencies of the route.
func (rt *route) want(f field, p *provider) bool {
	if p == nil {
		return false
	}
	for i := range rt.deps {
		if rt.deps[i].provider == p && rt.deps[i].field == nil {
			rt.deps[i].field = f.index
			return true
		}
	}
	rt.deps = append(rt.deps, dependency{provider: p, field: f.index})
	return true
}

// secure shows in the document how callers of the route say who they are.
func (rt *route) secure() {
	needs := map[string][]string{}
	for _, d := range rt.deps {
		for _, s := range d.provider.security {
			needs[s.Name] = []string{}
		}
	}
	rt.op.Security = nil
	if len(needs) > 0 {
		rt.op.Security = []map[string][]string{needs}
	}
}

// challenge returns the value of WWW-Authenticate for the route, or "".
func (rt *route) challenge() string {
	for _, d := range rt.deps {
		for _, s := range d.provider.security {
			return strings.ToUpper(s.Scheme[:1]) + s.Scheme[1:]
		}
	}
	return ""
}
