// Package pages has what people look at: the templates, and the routes that show
// them.
package pages

import (
	"context"
	"embed"
	"io/fs"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/errs"
	"github.com/terem-go/terem/web"
)

//go:embed templates
var files embed.FS

var templates, _ = fs.Sub(files, "templates")

// Config is what pages are made with.
type Config struct {
	Assets *web.Assets
	Key    []byte // signs the messages that are shown once; 32 random bytes
	Secure bool   // browsers reach the pages by https
}

// Pages are the pages of the application.
type Pages struct {
	views *web.Views
}

var _ app.Domain = (*Pages)(nil)

// New reads the templates, and says what is wrong with them.
func New(c Config) (*Pages, error) {
	views, err := web.NewViews(web.ViewsConfig{Templates: templates, Assets: c.Assets, Key: c.Key, Secure: c.Secure})
	return &Pages{views}, err
}

// Register adds the pages to the application.
func (p *Pages) Register(a *app.App) { p.routes(a.Root("pages")) }

// Error returns the page that shows an error.
func (p *Pages) Error(e *errs.Error, requestID string) *web.Page {
	return p.views.Page("error", errorView{Error: e, RequestID: requestID}).Status(e.Kind.Status())
}

// errorView is what the page of an error shows.
type errorView struct {
	Error     *errs.Error
	RequestID string
}

func (p *Pages) routes(r *api.Router) { api.Get(r, "/{$}", p.home, api.Public) }

func (p *Pages) home(context.Context, api.None, *struct{}) (*web.Page, error) {
	return p.views.Page("home", nil), nil
}
