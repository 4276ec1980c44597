package main

import "github.com/terem-go/terem/errs"

// problem says how every error looks to a client of the API: problem details
// as of RFC 9457. The errors themselves are declared by the domains that own
// them, in their errors.go.
func problem(e *errs.Error, requestID string) (contentType string, body any) {
	return errs.ProblemType, e.Problem(requestID)
}
