package comments

import "github.com/terem-go/terem/errs"

// The errors of this domain.
var (
	ErrNotFound = errs.New(errs.NotFound, "comments.not_found", "The article has no such comment.").
			With(errs.Field{In: "path", Name: "comment", Message: "not found"})
	ErrForbidden = errs.New(errs.Forbidden, "comments.forbidden", "Only its author may delete a comment.").
			With(errs.Field{In: "path", Name: "comment", Message: "forbidden"})
)
