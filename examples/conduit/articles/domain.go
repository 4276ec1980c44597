// Package articles owns the articles, with their tags, and who has marked which as a
// favourite.
//
//terem:uses profiles users
package articles

import (
	"github.com/terem-go/terem/app"
)

// Domain is the articles domain. Its fields are for other domains, pages and services.
type Domain struct {
	Articles Repository
	Views    Views
}

var _ app.Domain = (*Domain)(nil)

// New returns the articles domain, which looks up authors by a.
func New(a Authors) *Domain {
	r := newRepository()
	return &Domain{r, Views{r, a}}
}

// Register adds the domain to the application: its tables and routes.
func (d *Domain) Register(a *app.App) {
	a.Tables(d.Articles, d.Articles.tags, d.Articles.favorites, d.Articles.counts)
	rt := &Router{articles: d.Articles, views: d.Views}
	rt.Routes(a.Router("Articles"))
	rt.favoriteRoutes(a.Router("Favorites"))
	rt.tagRoutes(a.Router("Tags"))
}
