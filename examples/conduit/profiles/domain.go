// Package profiles owns the profiles.
//
//terem:uses users
package profiles

import (
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/dao"
)

// Domain is the profiles domain. Its field is for pages, services and tasks.
type Domain struct {
	Profiles Repository
}

var _ app.Domain = (*Domain)(nil)

// New returns the profiles domain.
func New() *Domain {
	return &Domain{Profiles: Repository{dao.Of[Profile]("profiles")}}
}

// Register adds the domain to the application: its table and routes.
func (d *Domain) Register(a *app.App) {
	a.Tables(d.Profiles)
	r := a.Router("profiles")
	(&Router{profiles: d.Profiles}).Routes(r)
}
