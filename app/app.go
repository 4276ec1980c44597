// Package app is one application: its domains, its start and stop, and its
// commands.
//
//	func main() { os.Exit(app.Main(newApp)) }
//
//	func newApp(ctx context.Context) (*app.App, error) {
//		…
//		a := app.New(app.Config{Name: "shop", DB: database, Migrations: migrations})
//		a.Register(users.New(…), orders.New(…))
//		return a, nil
//	}
//
// Such a program serves, and has the commands worker, static, migrate, routes,
// openapi, config and dev beside those of its domains, and events where a domain
// declares some.
package app

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/events"
	"github.com/terem-go/terem/jobs"
	"github.com/terem-go/terem/metrics"
	"github.com/terem-go/terem/migrate"
	"github.com/terem-go/terem/settings"
	"github.com/terem-go/terem/web"
)

// Config are the settings of an application.
type Config struct {
	// Name is the application's name, for its help and its API's title. The
	// default is "app".
	Name string
	// Version is shown in the OpenAPI document. The default is "0.0.0".
	Version string
	// Addr is the host and port to listen on. The default is 127.0.0.1:8000.
	Addr string
	// AdminAddr is the host and port to serve metrics on, for Prometheus, and
	// profiles (pprof). Neither needs a login: it should be an address that only
	// the operator reaches. The default is none; nothing is measured then.
	AdminAddr string
	// Logger is the application's logger. The default is slog.Default().
	Logger *slog.Logger
	// DB is the application's database; nil for an application without one.
	DB *db.DB
	// Migrations holds the folders sqlite and postgres; nil for none.
	Migrations fs.FS
	// MigrateOnStart applies pending migrations before the server serves, and
	// before the command worker works. Any number of them may start at the same
	// time: one migrates, and the others wait for it. Without it, a schema that is
	// behind is an error at the start.
	MigrateOnStart bool
	// Settings is what the command config prints; see settings.Load.
	Settings settings.Report
	// Workers run the jobs that sessions enqueue; nil for none but those of
	// events. They run inside the server, and alone by the command worker. The
	// tables of the queue are migrated with the application's.
	Workers *jobs.Workers
	// Jobs are further settings of the queue. Its Logger comes from here unless
	// it is set.
	Jobs jobs.Config
	// JobsApart leaves the jobs to processes that run the command worker: the
	// server runs none.
	JobsApart bool
	// Assets are served below their prefix, and written to a folder by the
	// command static; nil for none.
	Assets *web.Assets
	// API are further settings of the API. Its Title, Version, DB and Logger
	// come from here unless they are set.
	API api.Config
	// Prefix stands before the paths of all domains. The default is "/api".
	Prefix string
	// Drain is how long the server goes on as before after a signal to stop,
	// until it takes no more connections: long enough for a load balancer to
	// see that /readyz fails. The default is none.
	Drain time.Duration
	// Stop is how long requests may take to finish after that before they are
	// cancelled. The default is 20 s.
	Stop time.Duration
}

// App is an application. It is put together by one goroutine and then run.
type App struct {
	config   Config
	api      *api.API
	migrator *migrate.Migrator // see migrations
	sources  []migrate.Source  // of Migrate
	commands []command
	tables   []Table
	events   events.Registry
	metrics  *metrics.Metrics // nil without an admin address
	handler  http.Handler     // once it was asked for

	stopping atomic.Bool  // a signal to stop was received
	closing  atomic.Bool  // clients are to close their connections
	migrated atomic.Int64 // when no migration was pending, in milliseconds since 1970
}

// Domain is what an application is made of: a folder that owns its tables,
// routes, rules and errors.
type Domain interface {
	// Register adds the domain to the application.
	Register(a *App)
}

// Table is a domain's base data access: a dao.Table, or a repository around one.
type Table interface {
	// Model returns the table's description, or what is wrong with it.
	Model() (*dao.Model, error)
}

// New returns an application without domains.
func New(c Config) *App {
	c.Name = cmp.Or(c.Name, "app")
	c.Addr = cmp.Or(c.Addr, "127.0.0.1:8000")
	c.Logger = cmp.Or(c.Logger, slog.Default())
	c.Stop = cmp.Or(c.Stop, 20*time.Second)
	c.Prefix = cmp.Or(c.Prefix, "/api")
	c.API.Title = cmp.Or(c.API.Title, c.Name)
	c.API.Version = cmp.Or(c.API.Version, c.Version)
	c.API.DB = cmp.Or(c.API.DB, c.DB)
	c.API.Logger = cmp.Or(c.API.Logger, c.Logger)
	c.Jobs.Logger = cmp.Or(c.Jobs.Logger, c.Logger)
	a := &App{config: c}
	if c.AdminAddr != "" {
		a.measure()
	}
	a.api = api.New(a.config.API)
	a.health()
	if c.Assets != nil {
		api.Handle(a.Root(""), "GET "+c.Assets.Prefix(), c.Assets.Handler(), api.Public)
	}
	return a
}

// Register adds domains, and services that have routes of their own.
func (a *App) Register(domains ...Domain) {
	for _, d := range domains {
		d.Register(a)
	}
}

// Router returns a router for a domain's routes, below the application's
// prefix. The tag is the domain's heading in the documentation.
func (a *App) Router(tag string) *api.Router { return a.api.Router(a.config.Prefix, tag) }

// Root returns a router for pages and other routes that do not stand below the
// application's prefix.
func (a *App) Root(tag string) *api.Router { return a.api.Router("", tag) }

// Tables adds a domain's tables, whose descriptions are checked at the start.
func (a *App) Tables(tables ...Table) { a.tables = append(a.tables, tables...) }

// Events returns what domains declare their events to, and subscribe to those of
// others.
func (a *App) Events() *events.Registry { return &a.events }

// Workers returns what runs the application's jobs, those that bring events to
// their subscribers included; nil if there are neither. Domains have registered
// by then. Tests give it to jobstest.Run.
func (a *App) Workers() *jobs.Workers {
	if a.events.Empty() {
		return a.config.Workers
	}
	return jobs.Join(a.config.Workers, a.events.Workers())
}

// Logger returns the application's logger.
func (a *App) Logger() *slog.Logger { return a.config.Logger }

// Handler returns the application as an http.Handler. It fails with everything
// that is wrong with its routes, tables, migrations, workers and events. Nothing can be
// registered afterwards.
func (a *App) Handler() (http.Handler, error) {
	if a.handler != nil {
		return a.handler, nil
	}
	if err := a.check(); err != nil {
		return nil, err
	}
	h, err := a.api.Handler()
	a.handler = h
	return h, err
}

// check reports everything that is wrong with the application.
func (a *App) check() error {
	var problems []error
	if _, err := a.migrations(); !errors.Is(err, errNoMigrations) {
		problems = append(problems, err)
	}
	for _, t := range a.tables {
		_, err := t.Model()
		problems = append(problems, err)
	}
	problems = append(problems, a.events.Check())
	if w := a.Workers(); w != nil {
		problems = append(problems, w.Check())
	}
	problems = append(problems, a.api.Check())
	if err := errors.Join(problems...); err != nil {
		return fmt.Errorf("the application is not put together right:\n%w", err)
	}
	return nil
}
