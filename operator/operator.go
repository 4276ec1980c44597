// Package operator has the pages on which operators look after the work beyond
// requests: queues, jobs and their failures, the schedule, and events that have not
// reached their subscribers. They need no script, and are the same for both engines.
//
//	ops, err := operator.New[users.Visitor](operator.Config{Name: "Shop", Audit: accounts.Audit(), Key: key})
//	…
//	a.Register(ops)
//
// The pages are at /operator. Who may see them is said by a dependency of the
// application, the visitor of its pages; see [Visitor]. What is done there is
// written to the audit log. Arguments and results of jobs are shown, but for what
// jobs.Hide names and what is called like a secret.
package operator

import (
	"cmp"
	"context"
	"embed"
	"errors"
	"io/fs"
	"net/http"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/errs"
	"github.com/terem-go/terem/web"
)

//go:embed templates static
var files embed.FS

// Visitor is who looks at a page: the application provides such a dependency. Its
// zero value is nobody, who is told to log in.
type Visitor interface {
	comparable
	// Subject names the visitor in the audit log, such as by their id.
	Subject() string
	// Operates reports whether they may see the pages and use what is there.
	Operates() bool
}

// Config are the settings of Pages.
type Config struct {
	// Name is the application's, as the pages show it. The default is "Application".
	Name string
	// Path is where the pages are. The default is /operator.
	Path string
	// Audit is the audit log, which is written to whenever something is done.
	// Required.
	Audit *auth.Audit
	// Key signs the messages that are shown once, as web.ViewsConfig has it: the
	// same one as that of the application's pages.
	Key []byte
	// Secure says that browsers reach the pages by https; see web.Cookie.
	Secure bool
}

// Pages are the operator's pages. The application provides a V and an auth.Visit.
type Pages[V Visitor] struct {
	config Config
	assets *web.Assets
	views  *web.Views
	app    *app.App
}

// New returns the pages, or says what is wrong with their settings.
func New[V Visitor](c Config) (*Pages[V], error) {
	if c.Audit == nil {
		return nil, errors.New("operator: Config has no Audit: take that of accounts, or auth.NewAudit")
	}
	c.Name, c.Path = cmp.Or(c.Name, "Application"), cmp.Or(c.Path, "/operator")
	static, err := fs.Sub(files, "static")
	if err != nil {
		return nil, err
	}
	assets, err := web.NewAssets(static, c.Path+"/static/")
	if err != nil {
		return nil, err
	}
	templates, err := fs.Sub(files, "templates")
	if err != nil {
		return nil, err
	}
	views, err := web.NewViews(web.ViewsConfig{Templates: templates, Assets: assets, Funcs: funcs(c), Key: c.Key, Secure: c.Secure})
	return &Pages[V]{config: c, assets: assets, views: views}, err
}

// Register adds the pages to the application.
func (p *Pages[V]) Register(a *app.App) {
	p.app = a
	r := a.Root("operator")
	path := p.config.Path
	api.Handle(r, "GET "+p.assets.Prefix(), p.assets.Handler(), api.Public)
	operates := api.Allow("operator.Operates", operates[V])
	api.Get(r, path, p.overview, operates)
	api.Get(r, path+"/jobs", p.jobs, operates)
	api.Get(r, path+"/jobs/{id}", p.job, operates)
	api.Post(r, path+"/jobs/{id}/retry", p.retry, operates)
	api.Post(r, path+"/jobs/{id}/cancel", p.cancel, operates)
	api.Get(r, path+"/events", p.events, operates)
	api.Post(r, path+"/queues/{name}/pause", p.pause, operates)
	api.Post(r, path+"/queues/{name}/resume", p.resume, operates)
}

// ErrNotAllowed is the error of a visitor who does not operate.
var ErrNotAllowed = errs.New(errs.Forbidden, "operator.not_allowed", "These pages are for operators.")

func operates[V Visitor](_ context.Context, v V) error {
	var nobody V
	switch {
	case v == nobody:
		return auth.ErrRequired.Here()
	case !v.Operates():
		return ErrNotAllowed.Here()
	}
	return nil
}

var errCrossSite = errs.New(errs.Forbidden, "cross_site", "This was sent by a page of another site.")

// guard refuses what pages of other sites make a browser send, also in an
// application without web.CSRF.
type guard struct{}

var _ api.FromRequest = (*guard)(nil)

// FromRequest implements api.FromRequest.
func (*guard) FromRequest(r *http.Request, _ []byte) error {
	if err := http.NewCrossOriginProtection().Check(r); err != nil {
		return errCrossSite.Wrap(err)
	}
	return nil
}
