package articles

import (
	"context"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"

	"github.com/terem-go/terem/examples/conduit/profiles"
	"github.com/terem-go/terem/examples/conduit/users"
)

// Authors knows the people behind articles: profiles.Repository. A viewer is the id
// of a user, or 0 for nobody.
type Authors interface {
	// ByUsername returns an errs.NotFound when nobody has the name.
	ByUsername(ctx context.Context, q db.Querier, viewer int64, name string) (*profiles.Profile, error)
	// Of returns the profile of a user whose row is known.
	Of(ctx context.Context, q db.Querier, viewer int64, u *users.User) (profiles.Profile, error)
}

// Wanted says which articles a list has: those that meet everything that is set.
type Wanted struct {
	Tag       string
	Author    string // the author's name
	Favorited string // the name of the user who has marked them
}

// Views shows articles to viewers. A viewer is the id of a user, or 0 for nobody.
type Views struct {
	articles Repository
	authors  Authors
}

// List returns limit articles of a list from an offset on, the newest first, and how
// many the list has. The articles of nobody are none.
func (v Views) List(ctx context.Context, q db.Querier, viewer int64, w Wanted, limit, offset int) ([]View, int64, error) {
	author, err := v.user(ctx, q, w.Author)
	if err != nil {
		return nil, 0, err
	}
	favorited, err := v.user(ctx, q, w.Favorited)
	if err != nil {
		return nil, 0, err
	}
	return v.articles.List(ctx, q, viewer, w.Tag, author, favorited, limit, offset)
}

// user returns the id of the user with a name: 0 without a name, and -1 for nobody.
func (v Views) user(ctx context.Context, q db.Querier, name string) (int64, error) {
	if name == "" {
		return 0, nil
	}
	p, err := v.authors.ByUsername(ctx, q, 0, name)
	switch {
	case errs.HasKind(err, errs.NotFound):
		return -1, nil
	case err != nil:
		return 0, err
	}
	return p.ID, nil
}

// New returns an article as its author sees it who has just published it.
func (v Views) New(ctx context.Context, q db.Querier, author *users.User, row *Article, tags []string) (View, error) {
	p, err := v.authors.Of(ctx, q, author.ID, author)
	return View{Summary: row.Summary, Body: row.Body, Tags: append([]string{}, tags...), Author: p}, err
}
