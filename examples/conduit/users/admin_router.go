package users

import (
	"context"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
)

// adminRoutes registers the routes for what concerns other users.
func (rt *Router) adminRoutes(r *api.Router) {
	api.Get(r, "/users", rt.list, Need("users.read"))
	api.Get(r, "/users/{id}", rt.get, Need("users.read"))
	api.Patch(r, "/users/{id}", rt.update, Superuser, api.Fails(ErrEmailTaken))
	api.Delete(r, "/users/{id}", rt.delete, Superuser)
	api.Get(r, "/audit", rt.events, Need("users.audit"))
}

func (rt *Router) list(ctx context.Context, r *db.Reader, in *UserList) (*api.Page[UserRead], error) {
	rows, total, err := rt.users.Page(ctx, r, in.Page, in.Size)
	if err != nil {
		return nil, err
	}
	return api.PageOf(in.PageRequest, rows, total, newUserRead), nil
}

func (rt *Router) get(ctx context.Context, r *db.Reader, in *UserByID) (*UserRead, error) {
	u, err := rt.users.Get(ctx, r, in.ID)
	if err != nil {
		return nil, err
	}
	out := newUserRead(u)
	return &out, nil
}

func (rt *Router) update(ctx context.Context, s *db.Session, in *UserUpdate) (*UserRead, error) {
	u, err := rt.users.Get(ctx, s, in.ID)
	if err != nil {
		return nil, err
	}
	if err := rt.users.Change(ctx, s, u, in.apply(u)...); err != nil {
		return nil, err
	}
	if err := rt.auth.Note(ctx, s, in.Visit, in.User.User, u, "changed"); err != nil {
		return nil, err
	}
	out := newUserRead(u)
	return &out, nil
}

func (rt *Router) delete(ctx context.Context, s *db.Session, in *UserByID) (*api.Empty, error) {
	u, err := rt.users.Get(ctx, s, in.ID)
	if err != nil {
		return nil, err
	}
	return nil, rt.auth.remove(ctx, s, in.Me, u)
}

// events lists the audit log, the newest first.
func (rt *Router) events(ctx context.Context, r *db.Reader, in *api.CursorRequest) (*api.Slice[auth.Event], error) {
	rows, next, err := rt.auth.Audit().After(ctx, r, in.After(), in.Size)
	if err != nil {
		return nil, err
	}
	return api.SliceOf(*in, rows, next, func(e *auth.Event) auth.Event { return *e }), nil
}
