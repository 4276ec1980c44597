package comments

import (
	"context"

	"github.com/terem-go/terem/db"

	"github.com/terem-go/terem/examples/conduit/articles"
	"github.com/terem-go/terem/examples/conduit/profiles"
)

// Articles finds what comments are on: articles.Repository.
type Articles interface {
	// BySlug returns articles.ErrNotFound when there is no such article.
	BySlug(ctx context.Context, q db.Querier, slug string) (*articles.Article, error)
}

// Authors knows the people behind comments: profiles.Repository. A viewer is the id
// of a user, or 0 for nobody.
type Authors interface {
	// ByIDs returns the profiles of those who are there, by their ids.
	ByIDs(ctx context.Context, q db.Querier, viewer int64, ids []int64) (map[int64]profiles.Profile, error)
}

// Views shows comments to viewers. A viewer is the id of a user, or 0 for nobody.
type Views struct {
	comments Repository
	authors  Authors
}

// On returns the comments on an article as a viewer sees them, the newest first.
func (v Views) On(ctx context.Context, q db.Querier, viewer, article int64) ([]View, error) {
	rows, err := v.comments.On(ctx, q, article)
	if err != nil {
		return nil, err
	}
	return v.Of(ctx, q, viewer, rows...)
}

// Of returns comments as a viewer sees them, in the same order, in two statements
// however many they are.
func (v Views) Of(ctx context.Context, q db.Querier, viewer int64, rows ...Comment) ([]View, error) {
	ids := make([]int64, len(rows))
	for i := range rows {
		ids[i] = rows[i].AuthorID
	}
	authors, err := v.authors.ByIDs(ctx, q, viewer, ids)
	views := make([]View, len(rows))
	for i, c := range rows {
		views[i] = View{c, authors[c.AuthorID]}
	}
	return views, err
}
