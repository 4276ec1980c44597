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
}

// Routes registers the routes.
func (rt *Router) Routes(r *api.Router) {
	api.Post(r, "/articles", rt.create, users.Required, api.Status(http.StatusCreated))
	api.Get(r, "/articles", rt.list, users.Required)
	api.Get(r, "/articles/{id}", rt.get, users.Required, api.Fails(ErrNotFound))
	api.Patch(r, "/articles/{id}", rt.update, users.Required, api.Fails(ErrNotFound))
	api.Delete(r, "/articles/{id}", rt.delete, users.Required, api.Fails(ErrNotFound))
}

// visible are the articles that a caller sees and changes: their own, and all for
// superusers.
func (rt *Router) visible(u users.Current) Repository {
	if u.IsSuperuser {
		return rt.articles
	}
	return rt.articles.ForAuthor(u.ID)
}

func (rt *Router) create(ctx context.Context, s *db.Session, in *ArticleCreate) (*ArticleRead, error) {
	row := in.row()
	if err := rt.articles.ForAuthor(in.User.ID).Insert(ctx, s, row); err != nil {
		return nil, err
	}
	out := newArticleRead(row)
	return &out, nil
}

func (rt *Router) list(ctx context.Context, r *db.Reader, in *ArticleList) (*api.Slice[ArticleRead], error) {
	rows, next, err := rt.visible(in.User).List(ctx, r, in.ArticleFilter, in.After(), in.Size)
	if err != nil {
		return nil, err
	}
	return api.SliceOf(in.CursorRequest, rows, next, newArticleRead), nil
}

func (rt *Router) get(ctx context.Context, r *db.Reader, in *ArticleByID) (*ArticleRead, error) {
	row, err := rt.visible(in.User).Get(ctx, r, in.ID)
	if err != nil {
		return nil, err
	}
	out := newArticleRead(row)
	return &out, nil
}

func (rt *Router) update(ctx context.Context, s *db.Session, in *ArticleUpdate) (*ArticleRead, error) {
	articles := rt.visible(in.User)
	row, err := articles.Get(ctx, s, in.ID)
	if err != nil {
		return nil, err
	}
	if err := articles.Change(ctx, s, row, in.apply(row)...); err != nil {
		return nil, err
	}
	out := newArticleRead(row)
	return &out, nil
}

func (rt *Router) delete(ctx context.Context, s *db.Session, in *ArticleByID) (*api.Empty, error) {
	return nil, rt.visible(in.User).Delete(ctx, s, in.ID)
}
