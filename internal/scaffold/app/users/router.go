package users

import (
	"context"
	"errors"
	"net/http"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
)

// Router has the routes of the domain and their handlers.
type Router struct {
	users  Repository
	logins Logins
	auth   *Auth
}

// Routes registers the routes.
func (rt *Router) Routes(r *api.Router) {
	api.Post(r, "/users", rt.register, api.Public, api.Status(http.StatusCreated), api.Fails(ErrEmailTaken))
	api.Post(r, "/auth/login", rt.logIn, api.Public, api.Fails(auth.ErrWrongPassword))

	api.Get(r, "/users/me", rt.me, Required, api.Summary("Who am I"))
	api.Patch(r, "/users/me", rt.updateMe, Required, api.Fails(ErrWrongPassword))
	api.Delete(r, "/users/me", rt.deleteMe, Required)

	api.Get(r, "/users", rt.list, Superuser)
	api.Get(r, "/users/{id}", rt.get, Superuser)
	api.Patch(r, "/users/{id}", rt.update, Superuser, api.Fails(ErrEmailTaken))
	api.Delete(r, "/users/{id}", rt.delete, Superuser)
}

// register takes the database instead of a session: the password is hashed while
// no transaction is open.
func (rt *Router) register(ctx context.Context, database *db.DB, in *UserCreate) (*UserRead, error) {
	u := in.row()
	if err := rt.auth.Register(ctx, database, u, in.Body.Password); err != nil {
		return nil, err
	}
	out := newUserRead(u)
	return &out, nil
}

// logIn takes the database instead of a session because of the password, too.
func (rt *Router) logIn(ctx context.Context, database *db.DB, in *LogIn) (*Token, error) {
	u, err := rt.auth.Authenticate(ctx, database, in.Body.Email, in.Body.Password)
	if err != nil {
		return nil, err
	}
	return rt.auth.issue(u)
}

func (rt *Router) me(_ context.Context, _ api.None, in *Me) (*UserRead, error) {
	out := newUserRead(in.User.User)
	return &out, nil
}

// updateMe takes the database instead of a session because of the password. A new
// one logs all browsers out.
func (rt *Router) updateMe(ctx context.Context, database *db.DB, in *MeUpdate) (*UserRead, error) {
	hash := ""
	if p := in.Body.Password; p != nil {
		err := rt.auth.verify(ctx, in.User.User, in.Body.CurrentPassword)
		if errors.Is(err, auth.ErrWrongPassword) {
			return nil, ErrWrongPassword.Wrap(err)
		}
		if err != nil {
			return nil, err
		}
		if hash, err = rt.auth.hash(ctx, *p); err != nil {
			return nil, err
		}
	}
	var out UserRead
	err := database.Do(ctx, func(ctx context.Context, s *db.Session) error {
		u, err := rt.users.Get(ctx, s, in.User.ID)
		if err != nil {
			return err
		}
		var changed []string
		if hash != "" {
			u.PasswordHash, changed = hash, append(changed, "password_hash")
			if err := rt.logins.DeleteOf(ctx, s, u.ID); err != nil {
				return err
			}
		}
		if n := in.Body.Name; n != nil {
			u.Name, changed = *n, append(changed, "name")
		}
		err = rt.users.Change(ctx, s, u, changed...)
		out = newUserRead(u)
		return err
	})
	return &out, err
}

func (rt *Router) deleteMe(ctx context.Context, s *db.Session, in *Me) (*api.Empty, error) {
	return nil, rt.users.Delete(ctx, s, in.User.ID)
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
	out := newUserRead(u)
	return &out, nil
}

func (rt *Router) delete(ctx context.Context, s *db.Session, in *UserByID) (*api.Empty, error) {
	return nil, rt.users.Delete(ctx, s, in.ID)
}
