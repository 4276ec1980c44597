// Package comments owns the comments.
//
//terem:uses articles
//terem:uses users
package comments

import (
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/dao"
)

// Domain is the comments domain. Its field is for pages, services and tasks.
type Domain struct {
	Comments Repository
}

var _ app.Domain = (*Domain)(nil)

// New returns the comments domain.
func New() *Domain {
	return &Domain{Comments: Repository{dao.Of[Comment]("comments")}}
}

// Register adds the domain to the application: its table and routes.
func (d *Domain) Register(a *app.App) {
	a.Tables(d.Comments)
	r := a.Router("comments")
	(&Router{comments: d.Comments}).Routes(r)
}
