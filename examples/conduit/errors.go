package main

import (
	"net/http"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/errs"

	"github.com/terem-go/terem/examples/conduit/pages"
)

// The errors themselves are declared by the domains that own them, in their
// errors.go. This one is of a form that another site has sent.
var errCrossSite = errs.New(errs.Forbidden, "cross_site", "This was sent by a page of another site.")

// problem says how every error looks to a client of the API: problem details
// as of RFC 9457.
func problem(e *errs.Error, requestID string) (contentType string, body any) {
	return errs.ProblemType, e.Problem(requestID)
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
