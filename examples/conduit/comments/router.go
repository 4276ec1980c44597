package comments

import (
	"context"
	"net/http"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/db"

	"github.com/terem-go/terem/examples/conduit/articles"
	"github.com/terem-go/terem/examples/conduit/users"
)

// Router has the routes of the domain and their handlers.
type Router struct {
	comments Repository
	views    Views
	articles Articles
}

// Routes registers the routes.
func (rt *Router) Routes(r *api.Router) {
	api.Get(r, "/articles/{slug}/comments", rt.list, users.Optional, api.Fails(articles.ErrNotFound))
	api.Post(r, "/articles/{slug}/comments", rt.create, users.Required, api.Status(http.StatusCreated), api.Fails(articles.ErrNotFound))
	api.Delete(r, "/articles/{slug}/comments/{id}", rt.delete, users.Required, api.Fails(articles.ErrNotFound, ErrNotFound, ErrForbidden))
}

func (rt *Router) list(ctx context.Context, r *db.Reader, in *CommentList) (*CommentsReply, error) {
	a, err := rt.articles.BySlug(ctx, r, in.Slug)
	if err != nil {
		return nil, err
	}
	views, err := rt.views.On(ctx, r, in.Viewer.Who(), a.ID)
	return newCommentsReply(views), err
}

func (rt *Router) create(ctx context.Context, s *db.Session, in *CommentCreate) (*CommentReply, error) {
	a, err := rt.articles.BySlug(ctx, s, in.Slug)
	if err != nil {
		return nil, err
	}
	c := &Comment{ArticleID: a.ID, AuthorID: in.User.ID, Body: in.Body.Comment.Body}
	if err := rt.comments.Create(ctx, s, c); err != nil {
		return nil, err
	}
	views, err := rt.views.Of(ctx, s, in.User.ID, *c)
	if err != nil {
		return nil, err
	}
	return &CommentReply{newCommentRead(&views[0])}, nil
}

func (rt *Router) delete(ctx context.Context, s *db.Session, in *CommentByID) (*api.Empty, error) {
	a, err := rt.articles.BySlug(ctx, s, in.Slug)
	if err != nil {
		return nil, err
	}
	return nil, rt.comments.Remove(ctx, s, a.ID, in.User.ID, in.ID)
}
