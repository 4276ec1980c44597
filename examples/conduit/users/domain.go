// Package users owns the users: who they are, how they log in, and who is calling.
package users

import (
	"time"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/dao"
)

// Config are the settings of the users domain.
type Config struct {
	Name          string        // the application's, as tokens name it
	Secrets       []string      // each of 32 random characters or more; the first signs tokens, all verify
	TokenLifetime time.Duration // in whole seconds
	Registrations int           // how many may register from one place without a delay; 30 unless it is set
	Secure        bool          // browsers reach the application by https
	Passwords     auth.PasswordConfig
}

// Domain is the users domain. Its fields are for pages and services.
type Domain struct {
	Users Repository
	Auth  *Auth
}

var _ app.Domain = (*Domain)(nil)

// New returns the users domain, or says what is wrong with its settings.
func New(c Config) (*Domain, error) {
	d := &Domain{Users: Repository{dao.Of[User]("users")}}
	a, err := newAuth(c, d.Users)
	d.Auth = a
	return d, err
}

// Register adds the domain to the application: its tables, dependencies and routes.
func (d *Domain) Register(a *app.App) {
	a.Migrate(app.Auth())
	a.Tables(d.Users)
	r := a.Router("User and Authentication")
	api.Provide(r, d.Auth.current, Token)
	api.Provide(r, d.Auth.viewer)
	api.Provide(r, d.Auth.visitor)
	api.Provide(r, visit)
	(&Router{auth: d.Auth}).Routes(r)
}
