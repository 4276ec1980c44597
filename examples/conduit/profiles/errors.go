package profiles

import "github.com/terem-go/terem/errs"

// The errors of this domain. The kind becomes the HTTP status.
var (
	// ErrNotFound is what the repository's methods return for a row that is not there.
	ErrNotFound = errs.New(errs.NotFound, "profiles.not_found", "There is no such record.")
	// ErrReference is what they return for a row that refers to one which is not there.
	ErrReference = errs.New(errs.Conflict, "profiles.reference", "Something that this refers to, or that refers to this, stands in the way.")
)
