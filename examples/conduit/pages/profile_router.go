package pages

import (
	"context"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/web"

	"github.com/terem-go/terem/examples/conduit/articles"
	"github.com/terem-go/terem/examples/conduit/users"
)

// profileRoutes registers the pages about people.
func (p *Pages) profileRoutes(r *api.Router) {
	api.Get(r, "/profile/{username}", p.written, api.Public)
	api.Get(r, "/profile/{username}/favorites", p.favorites, api.Public)
	api.Post(r, "/profile/{username}/follow", p.follow, users.Member)
	api.Post(r, "/profile/{username}/unfollow", p.unfollow, users.Member)
}

// written shows a user with what they have written.
func (p *Pages) written(ctx context.Context, r *db.Reader, in *LookProfile) (*web.Page, error) {
	return p.profile(ctx, r, in, articles.Wanted{Author: in.Username}, "")
}

// favorites shows a user with what they have marked.
func (p *Pages) favorites(ctx context.Context, r *db.Reader, in *LookProfile) (*web.Page, error) {
	return p.profile(ctx, r, in, articles.Wanted{Favorited: in.Username}, "/favorites")
}

func (p *Pages) profile(ctx context.Context, q db.Querier, in *LookProfile, w articles.Wanted, tab string) (*web.Page, error) {
	who, err := p.profiles.ByUsername(ctx, q, in.Visitor.Who(), in.Username)
	if err != nil {
		return nil, err
	}
	shown, total, err := p.articles.Views.List(ctx, q, in.Visitor.Who(), w, perPage, in.offset())
	l := newList(in.Visitor, shown, total, in.Page, profilePath(who.Username)+tab, nil)
	view := profileView{
		Profile: *who, Own: who.ID == in.Visitor.Who(), Favorites: tab != "", List: l,
		Follow: followView{*who, in.Visitor.User != nil, l.Here()},
	}
	return p.page("profile", in.Visitor, view), err
}

func (p *Pages) follow(ctx context.Context, s *db.Session, in *Follow) (*web.Page, error) {
	who, err := p.profiles.ByUsername(ctx, s, 0, in.Username)
	if err != nil {
		return nil, err
	}
	return p.views.Redirect(web.Local(in.Next, profilePath(who.Username))), p.profiles.Follow(ctx, s, in.Visitor.ID, who.ID)
}

func (p *Pages) unfollow(ctx context.Context, s *db.Session, in *Follow) (*web.Page, error) {
	who, err := p.profiles.ByUsername(ctx, s, 0, in.Username)
	if err != nil {
		return nil, err
	}
	return p.views.Redirect(web.Local(in.Next, profilePath(who.Username))), p.profiles.Unfollow(ctx, s, in.Visitor.ID, who.ID)
}
