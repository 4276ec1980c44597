// Package operator has the pages on which operators look after the work beyond
// requests: queues, jobs and their failures, the schedule, and events that have not
// reached their subscribers. They need no script, and are the same for both engines.
//
//	ops, err := operator.New(operator.Config{Name: "Shop", Audit: users.Auth.Audit(), Key: key}, users.Auth.Visitor)
//	…
//	a.Register(ops)
//
// The pages are at /operator. Who may see them is said by the visitors of the
// application's pages; see [Visitor]. What is done there is written to the audit
// log. Arguments and results of jobs are shown, but for what
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
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
	"github.com/terem-go/terem/web"
)

//go:embed templates static
var files embed.FS

// Visitor is who looks at a page of the application. The zero value is nobody, who is
// told to log in.
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

// Pages are the operator's pages.
type Pages struct {
	config Config
	find   func(context.Context, db.Querier, *http.Request) (visitor, error)
	assets *web.Assets
	views  *web.Views
	app    *app.App
}

// visitor is a Visitor as the routes have it.
type visitor struct {
	subject  string // "" for nobody
	operates bool
}

// New returns the pages, or says what is wrong with their settings. The function finds
// who has sent a request, as that of api.Provide does. The application provides an
// auth.Visit, such as by the Visit of accounts.Accounts.
func New[V Visitor](c Config, find func(context.Context, db.Querier, *http.Request) (V, error)) (*Pages, error) {
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
	return &Pages{config: c, assets: assets, views: views, find: finder(find)}, err
}

// finder returns a function that finds visitors as the routes have them.
func finder[V Visitor](find func(context.Context, db.Querier, *http.Request) (V, error)) func(context.Context, db.Querier, *http.Request) (visitor, error) {
	return func(ctx context.Context, q db.Querier, r *http.Request) (visitor, error) {
		var nobody V
		v, err := find(ctx, q, r)
		if err != nil || v == nobody {
			return visitor{}, err
		}
		return visitor{subject: v.Subject(), operates: v.Operates()}, nil
	}
}

// Register adds the pages to the application.
func (p *Pages) Register(a *app.App) {
	p.app = a
	r := a.Root("operator")
	path := p.config.Path
	api.Handle(r, "GET "+p.assets.Prefix(), p.assets.Handler(), api.Public)
	api.Provide(r, p.find)
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

var operates = api.Allow("operator.Operates", func(_ context.Context, v visitor) error {
	switch {
	case v.subject == "":
		return auth.ErrRequired.Here()
	case !v.operates:
		return ErrNotAllowed.Here()
	}
	return nil
})

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
