// Package users owns the users: who they are, how they log in, what they may do,
// and who is calling.
package users

import (
	"github.com/terem-go/terem/accounts"
	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/events"
)

// Config are the settings of the users domain: those of package accounts, without
// the users themselves.
type Config = accounts.Config[*User]

// Domain is the users domain. Its fields are for pages, services and tasks.
type Domain struct {
	Users Repository
	Auth  *Auth
}

var _ app.Domain = (*Domain)(nil)

// New returns the users domain, or says what is wrong with its settings.
func New(c Config) (*Domain, error) {
	d := &Domain{Users: Repository{dao.Of[User]("users")}}
	c.Users = d.Users
	a, err := accounts.New(c)
	d.Auth = &Auth{Accounts: a, users: d.Users}
	return d, err
}

// Register adds the domain to the application: its tables, events, dependencies,
// routes and commands.
func (d *Domain) Register(a *app.App) {
	a.Migrate(app.Auth())
	a.Tables(d.Users)
	events.Declare[Deleted](a.Events())
	r := a.Router("users")
	api.Provide(r, d.Auth.current, api.Bearer)
	api.Provide(r, d.Auth.Visitor)
	api.Provide(r, d.Auth.Visit)
	(&Router{users: d.Users, auth: d.Auth}).Routes(r)
	a.Command("user", "Manage users.", &userCommand{Create: createCommand{auth: d.Auth}, Commands: d.Auth.Commands()})
}
