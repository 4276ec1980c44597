package articles

import (
	"context"
	"net/http"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/db"

	"github.com/terem-go/terem/examples/conduit/users"
)

// Router has the routes of the domain and their handlers.
type Router struct {
	articles Repository
	views    Views
}

// Routes registers the routes of articles.
func (rt *Router) Routes(r *api.Router) {
	api.Get(r, "/articles", rt.list, users.Optional)
	api.Get(r, "/articles/feed", rt.feed, users.Required)
	api.Post(r, "/articles", rt.create, users.Required, api.Status(http.StatusCreated))
	api.Get(r, "/articles/{slug}", rt.get, api.Public, api.Fails(ErrNotFound))
	api.Put(r, "/articles/{slug}", rt.update, users.Required, api.Fails(ErrNotFound, ErrForbidden))
	api.Delete(r, "/articles/{slug}", rt.delete, users.Required, api.Fails(ErrNotFound, ErrForbidden))
}

// favoriteRoutes registers those by which users mark articles.
func (rt *Router) favoriteRoutes(r *api.Router) {
	api.Post(r, "/articles/{slug}/favorite", rt.favorite, users.Required, api.Fails(ErrNotFound))
	api.Delete(r, "/articles/{slug}/favorite", rt.unfavorite, users.Required, api.Fails(ErrNotFound))
}

// shownTags is how many tags are shown at most: the specification knows no pages of them.
const shownTags = 1000

// tagRoutes registers that of tags.
func (rt *Router) tagRoutes(r *api.Router) { api.Get(r, "/tags", rt.tags, api.Public) }

func (rt *Router) list(ctx context.Context, r *db.Reader, in *ArticleList) (*ArticlesReply, error) {
	views, total, err := rt.views.List(ctx, r, in.Viewer.Who(), Wanted{in.Tag, in.Author, in.Favorited}, in.Limit, in.Offset)
	return newArticlesReply(views, total), err
}

func (rt *Router) feed(ctx context.Context, r *db.Reader, in *ArticleFeed) (*ArticlesReply, error) {
	views, total, err := rt.articles.Feed(ctx, r, in.User.ID, in.Limit, in.Offset)
	return newArticlesReply(views, total), err
}

func (rt *Router) get(ctx context.Context, r *db.Reader, in *ArticleGet) (*ArticleReply, error) {
	return rt.reply(ctx, r, in.Viewer.Who(), in.Slug)
}

func (rt *Router) create(ctx context.Context, s *db.Session, in *ArticleCreate) (*ArticleReply, error) {
	if err := in.Body.Article.check(); err != nil {
		return nil, err
	}
	a, tags := in.Body.Article.row(in.User.ID), in.Body.Article.TagList.Value
	if err := rt.articles.Create(ctx, s, a, tags); err != nil {
		return nil, err
	}
	view, err := rt.views.New(ctx, s, in.User.User, a, tags)
	return newArticleReply(&view), err
}

func (rt *Router) update(ctx context.Context, s *db.Session, in *ArticleUpdate) (*ArticleReply, error) {
	if err := in.Body.Article.check(); err != nil {
		return nil, err
	}
	a, err := rt.articles.Own(ctx, s, in.User.ID, in.Slug)
	if err != nil {
		return nil, err
	}
	if err := rt.articles.Change(ctx, s, a, in.Body.Article.apply(a), in.Body.Article.tags()); err != nil {
		return nil, err
	}
	return rt.reply(ctx, s, in.User.ID, a.Slug)
}

func (rt *Router) delete(ctx context.Context, s *db.Session, in *ArticleBySlug) (*api.Empty, error) {
	a, err := rt.articles.Own(ctx, s, in.User.ID, in.Slug)
	if err != nil {
		return nil, err
	}
	return nil, rt.articles.Remove(ctx, s, a)
}

func (rt *Router) favorite(ctx context.Context, s *db.Session, in *ArticleBySlug) (*ArticleReply, error) {
	if err := rt.articles.Favorite(ctx, s, in.User.ID, in.Slug); err != nil {
		return nil, err
	}
	return rt.reply(ctx, s, in.User.ID, in.Slug)
}

func (rt *Router) unfavorite(ctx context.Context, s *db.Session, in *ArticleBySlug) (*ArticleReply, error) {
	if err := rt.articles.Unfavorite(ctx, s, in.User.ID, in.Slug); err != nil {
		return nil, err
	}
	return rt.reply(ctx, s, in.User.ID, in.Slug)
}

// reply shows an article to a viewer.
func (rt *Router) reply(ctx context.Context, q db.Querier, viewer int64, slug string) (*ArticleReply, error) {
	v, err := rt.articles.View(ctx, q, viewer, slug)
	if err != nil {
		return nil, err
	}
	return newArticleReply(v), nil
}

func (rt *Router) tags(ctx context.Context, r *db.Reader, _ *struct{}) (*TagsReply, error) {
	tags, err := rt.articles.Tags(ctx, r, shownTags)
	return &TagsReply{tags}, err
}
