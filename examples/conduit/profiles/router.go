package profiles

import (
	"context"
	"net/http"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/db"

	"github.com/terem-go/terem/examples/conduit/users"
)

// Router has the routes of the domain and their handlers.
type Router struct {
	profiles Repository
}

// Routes registers the routes.
func (rt *Router) Routes(r *api.Router) {
	api.Post(r, "/profiles", rt.create, users.Required, api.Status(http.StatusCreated), api.Fails(ErrReference))
	api.Get(r, "/profiles", rt.list, users.Required)
	api.Get(r, "/profiles/{id}", rt.get, users.Required, api.Fails(ErrNotFound))
	api.Patch(r, "/profiles/{id}", rt.update, users.Required, api.Fails(ErrNotFound, ErrReference))
	api.Delete(r, "/profiles/{id}", rt.delete, users.Required, api.Fails(ErrNotFound))
}

// visible are the profiles that a caller sees and changes: their own, and all for
// superusers.
func (rt *Router) visible(u users.Current) Repository {
	if u.IsSuperuser {
		return rt.profiles
	}
	return rt.profiles.ForFollower(u.ID)
}

func (rt *Router) create(ctx context.Context, s *db.Session, in *ProfileCreate) (*ProfileRead, error) {
	row := in.row()
	if err := rt.profiles.ForFollower(in.User.ID).Insert(ctx, s, row); err != nil {
		return nil, err
	}
	out := newProfileRead(row)
	return &out, nil
}

func (rt *Router) list(ctx context.Context, r *db.Reader, in *ProfileList) (*api.Slice[ProfileRead], error) {
	rows, next, err := rt.visible(in.User).List(ctx, r, in.ProfileFilter, in.After(), in.Size)
	if err != nil {
		return nil, err
	}
	return api.SliceOf(in.CursorRequest, rows, next, newProfileRead), nil
}

func (rt *Router) get(ctx context.Context, r *db.Reader, in *ProfileByID) (*ProfileRead, error) {
	row, err := rt.visible(in.User).Get(ctx, r, in.ID)
	if err != nil {
		return nil, err
	}
	out := newProfileRead(row)
	return &out, nil
}

func (rt *Router) update(ctx context.Context, s *db.Session, in *ProfileUpdate) (*ProfileRead, error) {
	profiles := rt.visible(in.User)
	row, err := profiles.Get(ctx, s, in.ID)
	if err != nil {
		return nil, err
	}
	if err := profiles.Change(ctx, s, row, in.apply(row)...); err != nil {
		return nil, err
	}
	out := newProfileRead(row)
	return &out, nil
}

func (rt *Router) delete(ctx context.Context, s *db.Session, in *ProfileByID) (*api.Empty, error) {
	return nil, rt.visible(in.User).Delete(ctx, s, in.ID)
}
