// Package pages has what people look at: the templates, and the routes that show
// them.
package pages

import (
	"embed"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/errs"
	"github.com/terem-go/terem/web"

	"github.com/terem-go/terem/examples/conduit/articles"
	"github.com/terem-go/terem/examples/conduit/comments"
	"github.com/terem-go/terem/examples/conduit/profiles"
	"github.com/terem-go/terem/examples/conduit/users"
)

//go:embed templates
var files embed.FS

var templates, _ = fs.Sub(files, "templates")

// Config is what pages are made with.
type Config struct {
	Auth     *users.Auth
	Profiles profiles.Profiles
	Articles *articles.Domain
	Comments *comments.Domain
	Assets   *web.Assets
	Key      []byte // signs the messages that are shown once; 32 random bytes
	Secure   bool   // browsers reach the pages by https
}

// Pages are the pages of the application.
type Pages struct {
	auth     *users.Auth
	profiles profiles.Profiles
	articles *articles.Domain
	comments *comments.Domain
	views    *web.Views
}

var _ app.Domain = (*Pages)(nil)

// New reads the templates, and says what is wrong with them.
func New(c Config) (*Pages, error) {
	views, err := web.NewViews(web.ViewsConfig{
		Templates: templates, Assets: c.Assets, Key: c.Key, Secure: c.Secure,
		Funcs: template.FuncMap{"segment": url.PathEscape, "picture": picture, "initial": initial},
	})
	return &Pages{auth: c.Auth, profiles: c.Profiles, articles: c.Articles, comments: c.Comments, views: views}, err
}

// Register adds the pages to the application.
func (p *Pages) Register(a *app.App) { p.routes(a.Root("pages")) }

func (p *Pages) routes(r *api.Router) {
	api.Get(r, "/{$}", p.home, api.Public)
	p.accountRoutes(r)
	p.articleRoutes(r)
	p.editorRoutes(r)
	p.profileRoutes(r)
}

// Error returns the page that shows an error.
func (p *Pages) Error(e *errs.Error, requestID string) *web.Page {
	return p.views.Page("error", errorView{Error: e, RequestID: requestID}).Status(e.Kind.Status())
}

// LogInFirst returns the redirect to where people log in, and from there back to
// the page that they asked for, unless its address is too long.
func (p *Pages) LogInFirst(r *http.Request) *web.Page {
	back := "/"
	if r.Method == http.MethodGet {
		back = r.URL.RequestURI()
	}
	return p.views.Redirect(web.Local("/login?"+url.Values{"next": {back}}.Encode(), "/login")).Flash("Please log in first.")
}

// page returns a page that is shown to the visitor.
func (p *Pages) page(name string, v users.Visitor, data any) *web.Page {
	return p.views.Page(name, data).For(v.User)
}

// again shows a page whose form was wrong.
func (p *Pages) again(name string, v users.Visitor, data any) *web.Page {
	return p.page(name, v, data).Status(http.StatusUnprocessableEntity)
}
