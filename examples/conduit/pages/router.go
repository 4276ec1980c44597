package pages

import (
	"context"
	"net/url"

	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/web"

	"github.com/terem-go/terem/examples/conduit/articles"
)

// popular is how many tags the home page shows.
const popular = 30

// home shows all articles, those with a tag, or the visitor's feed.
func (p *Pages) home(ctx context.Context, r *db.Reader, in *LookHome) (*web.Page, error) {
	view, query := homeView{Feed: in.Feed != "", Tag: in.Tag}, url.Values{}
	var shown []articles.View
	var total int64
	var err error
	switch {
	case !view.Feed:
		if in.Tag != "" {
			query.Set("tag", in.Tag)
		}
		shown, total, err = p.articles.Views.List(ctx, r, in.Visitor.Who(), articles.Wanted{Tag: in.Tag}, perPage, in.offset())
	case in.Visitor.User == nil:
		return nil, auth.ErrRequired.Here()
	default:
		query.Set("feed", in.Feed)
		shown, total, err = p.articles.Articles.Feed(ctx, r, in.Visitor.ID, perPage, in.offset())
	}
	if err != nil {
		return nil, err
	}
	view.List = newList(in.Visitor, shown, total, in.Page, "/", query)
	view.Tags, err = p.articles.Articles.Tags(ctx, r, popular)
	return p.page("home", in.Visitor, view), err
}
