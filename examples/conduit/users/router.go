package users

import (
	"context"
	"net/http"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"

	"github.com/terem-go/terem/examples/conduit/utils"
)

// Router has the routes of the domain and their handlers.
type Router struct {
	auth *Auth
}

// Routes registers the routes. Those that check or hash passwords take the database
// instead of a session: no transaction is open meanwhile.
func (rt *Router) Routes(r *api.Router) {
	api.Post(r, "/users", rt.register, api.Public, api.Status(http.StatusCreated), api.Fails(ErrUsernameTaken, ErrEmailTaken, auth.ErrTooMany))
	api.Post(r, "/users/login", rt.logIn, api.Public, api.Fails(ErrWrongPassword, auth.ErrTooMany))
	api.Get(r, "/user", rt.get, Required, api.Fails(ErrTokenMissing, ErrTokenInvalid))
	api.Put(r, "/user", rt.update, Required, api.Fails(ErrNoChange, ErrUsernameUsed, ErrEmailUsed))
}

func (rt *Router) register(ctx context.Context, d *db.DB, in *UserCreate) (*UserReply, error) {
	u, err := rt.auth.Register(ctx, d, in.Visit, in.Body.User.row(), in.Body.User.Password)
	if err != nil {
		return nil, err
	}
	return rt.welcome(u)
}

func (rt *Router) logIn(ctx context.Context, d *db.DB, in *LogIn) (*UserReply, error) {
	who := in.Body.User
	var wrong utils.Wrong
	wrong.Blank("email", who.Email)
	wrong.Blank("password", who.Password)
	if err := wrong.Err(); err != nil {
		return nil, err
	}
	u, err := rt.auth.Authenticate(ctx, d, who.Email, who.Password, in.Visit)
	if err != nil {
		return nil, err
	}
	return rt.welcome(u)
}

// welcome gives a user a token.
func (rt *Router) welcome(u *User) (*UserReply, error) {
	token, err := rt.auth.Issue(u)
	if err != nil {
		return nil, err
	}
	return newUserReply(u, token), nil
}

func (rt *Router) get(_ context.Context, _ *db.Reader, in *UserGet) (*UserReply, error) {
	return newUserReply(in.User.User, in.User.Token), nil
}

func (rt *Router) update(ctx context.Context, d *db.DB, in *UserUpdate) (*UserReply, error) {
	row, err := rt.auth.Change(ctx, d, in.User.ID, &in.Body.User, 0)
	if err != nil {
		return nil, err
	}
	return newUserReply(row, in.User.Token), nil
}
