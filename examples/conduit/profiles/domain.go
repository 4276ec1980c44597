// Package profiles owns who follows whom, and knows how users look to others.
//
//terem:uses users
package profiles

import (
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/dao"
)

// Domain is the profiles domain. Its field is for other domains, pages and services.
type Domain struct {
	Profiles Profiles
}

var _ app.Domain = (*Domain)(nil)

// New returns the profiles domain, which looks up users by u.
func New(u Users) *Domain {
	return &Domain{Profiles: Profiles{Repository{dao.Of[Follow]("follows")}, u}}
}

// Register adds the domain to the application: its table and routes.
func (d *Domain) Register(a *app.App) {
	a.Tables(d.Profiles)
	(&Router{profiles: d.Profiles}).Routes(a.Router("Profile"))
}
