package api

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// check reports whether the route can be registered, and records why not.
func (rt *route) check() bool {
	a := rt.api
	if a.handler != nil {
		panic(fmt.Sprintf("api: %s: %s is registered after API.Handler was called", rt.place, rt.pattern))
	}
	before := len(a.problems)
	refuse := func(format string, args ...any) {
		a.refuse(rt.place, "%s: %s", rt.pattern, fmt.Sprintf(format, args...))
	}
	if !strings.HasPrefix(rt.path, "/") {
		refuse("the path does not begin with a slash, nor does the router's prefix")
	}
	if rt.policy.name == "" {
		refuse("names no policy. Say who may call it: api.Public or a policy made by api.Allow")
	}
	if rt.mounted != nil {
		return len(a.problems) == before
	}
	for _, place := range []string{hidden(rt.input.body, "Body"), hidden(rt.output.body, "output")} {
		if place != "" {
			refuse("%s is a struct that is embedded and not exported, so that no schema has its fields. Give its type a name with a capital", place)
		}
	}
	if rt.scope != noScope && a.config.DB == nil {
		refuse("%s takes %s, but the API has no database. Set api.Config.DB, or take api.None", rt.handler, rt.scope)
	}
	for _, p := range rt.input.problems {
		refuse("%s", p)
	}
	inUnit := rt.scope == sessionScope || rt.scope == readerScope
	if rt.streams() && inUnit {
		refuse("%s streams, which holds its %s for as long as the client likes. Take *db.DB and open units of work as needed", rt.handler, rt.scope)
	}
	if rt.inSession && !inUnit {
		refuse("api.InSession needs a handler with a session or a reader, not %s", rt.scope)
	}
	if rt.idempotent && (rt.scope != sessionScope || rt.output.rendered) {
		refuse("api.Idempotent needs a handler with a *db.Session and an output that is JSON: the response is stored with what the session writes")
	}
	if s := rt.op.DefaultStatus; s < 200 || s > 399 {
		refuse("the status %d is not one of success. Errors choose theirs by their kind", s)
	} else if !rt.output.empty() && (s == http.StatusNoContent || s == http.StatusResetContent || s == http.StatusNotModified) {
		refuse("the status %d is without a body, but %s has an output. Return *api.Empty", s, rt.handler)
	}
	if other := a.operations[rt.op.OperationID]; other != nil {
		refuse("its operation id %s is also that of %s at %s. Give one of them another with api.OperationID",
			rt.op.OperationID, other.pattern, other.place)
	}
	return len(a.problems) == before
}

// add runs f, which registers the route, and turns a panic of the router or of
// huma into a finding of Check.
func (rt *route) add(f func()) {
	a := rt.api
	defer func() {
		a.pending = nil
		if p := recover(); p != nil {
			a.refuse(rt.place, "%s: %s", rt.pattern, a.clash(fmt.Sprint(p)))
		}
	}()
	a.pending = rt
	if a.written != nil {
		rt.policyUnit = rt.placed()
	}
	f()
	a.routes, a.sealed = append(a.routes, rt), false
	if rt.mounted == nil {
		a.operations[rt.op.OperationID] = rt
	}
}

// clash says with which route another one is in conflict, of which http.ServeMux
// knows only that this package has registered it.
func (a *API) clash(message string) string {
	first, _, _ := strings.Cut(message, "\n")
	_, other, conflict := strings.Cut(first, " conflicts with pattern ")
	if !conflict {
		return first
	}
	for _, rt := range a.routes {
		if strings.HasPrefix(other, strconv.Quote(rt.pattern)) {
			return fmt.Sprintf("matches requests that are also those of %s at %s", rt.pattern, rt.place)
		}
	}
	return first
}
