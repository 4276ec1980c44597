// Package users owns the users: who they are, how they log in, and who is
// calling.
package users

import (
	"time"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/dao"
)

// Config are the settings of the users domain.
type Config struct {
	SecretKey     string        // signs access tokens; at least 32 characters
	TokenLifetime time.Duration // how long an access token is valid; 30 minutes by default
	LoginLifetime time.Duration // how long a browser stays logged in; 30 days by default
	SecureCookies bool          // browsers reach the application by https
}

// Domain is the users domain. Its fields are for pages, services and tasks.
type Domain struct {
	Users  Repository
	Logins Logins
	Auth   *Auth
}

var _ app.Domain = (*Domain)(nil)

// New returns the users domain, or says what is wrong with its settings.
func New(c Config) (*Domain, error) {
	if c.LoginLifetime == 0 {
		c.LoginLifetime = 30 * 24 * time.Hour
	}
	d := &Domain{Users: Repository{dao.Of[User]("users")}, Logins: Logins{dao.Of[Login]("logins")}}
	var err error
	d.Auth, err = newAuth(d.Users, d.Logins, c)
	return d, err
}

// Register adds the domain to the application: its tables, dependencies, routes
// and commands.
func (d *Domain) Register(a *app.App) {
	a.Tables(d.Users, d.Logins)
	r := a.Router("users")
	api.Provide(r, d.Auth.current, api.Bearer)
	api.Provide(r, d.Auth.visitor)
	(&Router{users: d.Users, logins: d.Logins, auth: d.Auth}).Routes(r)
	a.Command("user", "Manage users.", &userCommand{Create: createCommand{auth: d.Auth}})
}
