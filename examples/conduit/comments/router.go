package comments

import (
	"context"
	"net/http"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/db"

	"github.com/terem-go/terem/examples/conduit/users"
)

// Router has the routes of the domain and their handlers.
type Router struct {
	comments Repository
}

// Routes registers the routes.
func (rt *Router) Routes(r *api.Router) {
	api.Post(r, "/comments", rt.create, users.Required, api.Status(http.StatusCreated), api.Fails(ErrReference))
	api.Get(r, "/comments", rt.list, users.Required)
	api.Get(r, "/comments/{id}", rt.get, users.Required, api.Fails(ErrNotFound))
	api.Patch(r, "/comments/{id}", rt.update, users.Required, api.Fails(ErrNotFound, ErrReference))
	api.Delete(r, "/comments/{id}", rt.delete, users.Required, api.Fails(ErrNotFound))
}

// visible are the comments that a caller sees and changes: their own, and all for
// superusers.
func (rt *Router) visible(u users.Current) Repository {
	if u.IsSuperuser {
		return rt.comments
	}
	return rt.comments.ForAuthor(u.ID)
}

func (rt *Router) create(ctx context.Context, s *db.Session, in *CommentCreate) (*CommentRead, error) {
	row := in.row()
	if err := rt.comments.ForAuthor(in.User.ID).Insert(ctx, s, row); err != nil {
		return nil, err
	}
	out := newCommentRead(row)
	return &out, nil
}

func (rt *Router) list(ctx context.Context, r *db.Reader, in *CommentList) (*api.Slice[CommentRead], error) {
	rows, next, err := rt.visible(in.User).List(ctx, r, in.CommentFilter, in.After(), in.Size)
	if err != nil {
		return nil, err
	}
	return api.SliceOf(in.CursorRequest, rows, next, newCommentRead), nil
}

func (rt *Router) get(ctx context.Context, r *db.Reader, in *CommentByID) (*CommentRead, error) {
	row, err := rt.visible(in.User).Get(ctx, r, in.ID)
	if err != nil {
		return nil, err
	}
	out := newCommentRead(row)
	return &out, nil
}

func (rt *Router) update(ctx context.Context, s *db.Session, in *CommentUpdate) (*CommentRead, error) {
	comments := rt.visible(in.User)
	row, err := comments.Get(ctx, s, in.ID)
	if err != nil {
		return nil, err
	}
	if err := comments.Change(ctx, s, row, in.apply(row)...); err != nil {
		return nil, err
	}
	out := newCommentRead(row)
	return &out, nil
}

func (rt *Router) delete(ctx context.Context, s *db.Session, in *CommentByID) (*api.Empty, error) {
	return nil, rt.visible(in.User).Delete(ctx, s, in.ID)
}
