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
}

// Domain is the users domain.
type Domain struct {
	users Repository
	auth  *Auth
}

var _ app.Domain = (*Domain)(nil)

// New returns the users domain, or says what is wrong with its settings.
func New(c Config) (*Domain, error) {
	users := Repository{dao.Of[User]("users")}
	auth, err := newAuth(users, c.SecretKey, c.TokenLifetime)
	return &Domain{users: users, auth: auth}, err
}

// Register adds the domain to the application: its tables, dependencies, routes
// and commands.
func (d *Domain) Register(a *app.App) {
	a.Tables(d.users)
	r := a.Router("users")
	api.Provide(r, d.auth.current, api.Bearer)
	(&Router{users: d.users, auth: d.auth}).Routes(r)
	a.Command("user", "Manage users.", &userCommand{Create: createCommand{auth: d.auth}})
}
