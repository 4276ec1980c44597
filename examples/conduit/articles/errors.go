package articles

import "github.com/terem-go/terem/errs"

// The errors of this domain. The kind becomes the HTTP status.
var (
	// ErrNotFound is what the repository's methods return for a row that is not there.
	ErrNotFound = errs.New(errs.NotFound, "articles.not_found", "There is no such record.")
)
