package profiles

import (
	"context"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/db"

	"github.com/terem-go/terem/examples/conduit/users"
)

// Router has the routes of the domain and their handlers.
type Router struct {
	profiles Profiles
}

// Routes registers the routes.
func (rt *Router) Routes(r *api.Router) {
	api.Get(r, "/profiles/{username}", rt.get, users.Optional, api.Fails(ErrNotFound))
	api.Post(r, "/profiles/{username}/follow", rt.follow, users.Required, api.Fails(ErrNotFound))
	api.Delete(r, "/profiles/{username}/follow", rt.unfollow, users.Required, api.Fails(ErrNotFound))
}

func (rt *Router) get(ctx context.Context, r *db.Reader, in *ProfileGet) (*ProfileReply, error) {
	p, err := rt.profiles.ByUsername(ctx, r, in.Viewer.Who(), in.Username)
	if err != nil {
		return nil, err
	}
	return &ProfileReply{*p}, nil
}

func (rt *Router) follow(ctx context.Context, s *db.Session, in *ProfileFollow) (*ProfileReply, error) {
	p, err := rt.profiles.ByUsername(ctx, s, 0, in.Username)
	if err != nil {
		return nil, err
	}
	p.Following = true
	return &ProfileReply{*p}, rt.profiles.Follow(ctx, s, in.User.ID, p.ID)
}

func (rt *Router) unfollow(ctx context.Context, s *db.Session, in *ProfileFollow) (*ProfileReply, error) {
	p, err := rt.profiles.ByUsername(ctx, s, 0, in.Username)
	if err != nil {
		return nil, err
	}
	return &ProfileReply{*p}, rt.profiles.Unfollow(ctx, s, in.User.ID, p.ID)
}
