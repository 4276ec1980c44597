// Package comments owns the comments on articles.
//
//terem:uses articles profiles users
package comments

import (
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/dao"
)

// Domain is the comments domain. Its fields are for pages and services.
type Domain struct {
	Comments Repository
	Views    Views
	articles Articles
}

var _ app.Domain = (*Domain)(nil)

// New returns the comments domain, which looks up articles and authors by a and p.
func New(a Articles, p Authors) *Domain {
	r := Repository{dao.Of[Comment]("comments")}
	return &Domain{r, Views{r, p}, a}
}

// Register adds the domain to the application: its table and routes.
func (d *Domain) Register(a *app.App) {
	a.Tables(d.Comments)
	(&Router{comments: d.Comments, views: d.Views, articles: d.articles}).Routes(a.Router("Comments"))
}
