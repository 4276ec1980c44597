// Package pages has what people look at: the templates, and the routes that show
// them.
package pages

import (
	"embed"
	"io/fs"
	"net/http"
	"net/url"

	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/errs"
	"github.com/terem-go/terem/internal/scaffold/app/users"
	"github.com/terem-go/terem/web"
)

//go:embed templates
var files embed.FS

var templates, _ = fs.Sub(files, "templates")

// Config is what pages are made with.
type Config struct {
	Users  users.Repository
	Auth   *users.Auth
	Assets *web.Assets
	Key    []byte // signs the messages that are shown once; 32 random bytes
	Secure bool   // browsers reach the pages by https
}

// Pages are the pages of the application.
type Pages struct {
	users users.Repository
	auth  *users.Auth
	views *web.Views
}

var _ app.Domain = (*Pages)(nil)

// New reads the templates, and says what is wrong with them.
func New(c Config) (*Pages, error) {
	views, err := web.NewViews(web.ViewsConfig{Templates: templates, Assets: c.Assets, Key: c.Key, Secure: c.Secure})
	return &Pages{users: c.Users, auth: c.Auth, views: views}, err
}

// Register adds the pages to the application.
func (p *Pages) Register(a *app.App) { p.routes(a.Root("pages")) }

// Error returns the page that shows an error.
func (p *Pages) Error(e *errs.Error, requestID string) *web.Page {
	return p.views.Page("error", errorView{Error: e, RequestID: requestID}).Status(e.Kind.Status())
}

// LogInFirst returns the redirect to where people log in, and from there back to
// the page that they asked for, unless its address is too long.
func (p *Pages) LogInFirst(r *http.Request) *web.Page {
	back := "/account"
	if r.Method == http.MethodGet {
		back = r.URL.RequestURI()
	}
	return p.views.Redirect(web.Local("/login?"+url.Values{"next": {back}}.Encode(), "/login")).Flash("Please log in first.")
}
