package articles

import "github.com/terem-go/terem/errs"

// The errors of this domain.
var (
	ErrNotFound = errs.New(errs.NotFound, "articles.not_found", "There is no such article.").
			With(errs.Field{In: "path", Name: "article", Message: "not found"})
	ErrForbidden = errs.New(errs.Forbidden, "articles.forbidden", "Only its author may change an article.").
			With(errs.Field{In: "path", Name: "article", Message: "forbidden"})

	errSlugTaken = errs.New(errs.Conflict, "articles.slug_taken", "Another article has this slug.")
)
