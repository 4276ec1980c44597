// Package articles owns the articles.
//
//terem:uses users
package articles

import (
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/dao"
)

// Domain is the articles domain. Its field is for pages, services and tasks.
type Domain struct {
	Articles Repository
}

var _ app.Domain = (*Domain)(nil)

// New returns the articles domain.
func New() *Domain {
	return &Domain{Articles: Repository{dao.Of[Article]("articles")}}
}

// Register adds the domain to the application: its table and routes.
func (d *Domain) Register(a *app.App) {
	a.Tables(d.Articles)
	r := a.Router("articles")
	(&Router{articles: d.Articles}).Routes(r)
}
