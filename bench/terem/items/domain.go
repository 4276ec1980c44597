// Package items owns the items.
package items

import (
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/dao"
)

// Domain is the items domain.
type Domain struct{ Items Repository }

var _ app.Domain = (*Domain)(nil)

// New returns the items domain.
func New() *Domain { return &Domain{Items: Repository{dao.Of[Item]("items")}} }

// Register adds the domain to the application.
func (d *Domain) Register(a *app.App) {
	a.Tables(d.Items)
	(&Router{items: d.Items}).Routes(a.Router("items"))
}
