package items

import (
	"context"
	"net/http"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/db"
)

// Router has the routes of the domain and their handlers.
type Router struct{ items Repository }

// Routes registers the routes.
func (rt *Router) Routes(r *api.Router) {
	api.Get(r, "/items/{id}", rt.get, api.Public)
	api.Post(r, "/items", rt.create, api.Public, api.Status(http.StatusCreated))
}

func (rt *Router) get(ctx context.Context, r *db.Reader, in *ItemByID) (*ItemRead, error) {
	it, err := rt.items.Get(ctx, r, in.ID)
	if err != nil {
		return nil, err
	}
	return newItemRead(it), nil
}

func (rt *Router) create(ctx context.Context, s *db.Session, in *ItemCreate) (*ItemRead, error) {
	it := &Item{Name: in.Body.Name, Note: in.Body.Note, Price: in.Body.Price}
	if err := rt.items.Insert(ctx, s, it); err != nil {
		return nil, err
	}
	return newItemRead(it), nil
}
