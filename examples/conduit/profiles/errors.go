package profiles

import "github.com/terem-go/terem/errs"

// ErrNotFound says that nobody has this name.
var ErrNotFound = errs.New(errs.NotFound, "profiles.not_found", "Nobody has this name.").
	With(errs.Field{In: "path", Name: "profile", Message: "not found"})
