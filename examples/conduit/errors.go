package main

import (
	"net/http"
	"strings"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/errs"

	"github.com/terem-go/terem/examples/conduit/pages"
)

// The errors themselves are declared by the domains that own them, in their
// errors.go. This one is of a form that another site has sent.
var errCrossSite = errs.New(errs.Forbidden, "cross_site", "This was sent by a page of another site.")

// kinds are those of errors that the specification has no status for: what cannot be
// read breaks a rule.
var kinds = map[errs.Kind]errs.Kind{errs.Malformed: errs.Invalid}

// failure is how every error looks to a client of the API.
type failure struct {
	Errors map[string][]string `json:"errors" doc:"What is wrong, by the field or the thing that it is about."`
}

// wireError says how every error looks to a client of the API: as of the
// specification. A field is named without the envelope and the index around it.
func wireError(e *errs.Error, _ string) (contentType string, body any) {
	f := failure{map[string][]string{}}
	for _, field := range e.Fields {
		name := field.Name[strings.LastIndex(field.Name, ".")+1:]
		if name, _, _ = strings.Cut(name, "["); name == "" {
			name = field.In
		}
		f.Errors[name] = append(f.Errors[name], field.Message)
	}
	if len(e.Fields) == 0 {
		f.Errors["request"] = []string{e.Message}
	}
	return "application/json", f
}

// errorPage says how every error looks to somebody who looks at pages. Who must
// log in is led there.
func errorPage(p *pages.Pages) func(*http.Request, *errs.Error) api.Renderer {
	return func(r *http.Request, e *errs.Error) api.Renderer {
		if e.Kind == errs.Unauthenticated {
			return p.LogInFirst(r)
		}
		return p.Error(e, api.RequestID(r.Context()))
	}
}
