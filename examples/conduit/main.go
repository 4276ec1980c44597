// Conduit is put together here: what the domains need is handed to them, and
// nobody can import this package.
package main

import (
	"context"
	"embed"
	"io/fs"
	"log/slog"
	"net/http"
	"os"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/settings"
	"github.com/terem-go/terem/web"

	"github.com/terem-go/terem/examples/conduit/articles"
	"github.com/terem-go/terem/examples/conduit/comments"
	"github.com/terem-go/terem/examples/conduit/pages"
	"github.com/terem-go/terem/examples/conduit/profiles"
	"github.com/terem-go/terem/examples/conduit/services/seed"
	"github.com/terem-go/terem/examples/conduit/tasks"
	"github.com/terem-go/terem/examples/conduit/users"
	"github.com/terem-go/terem/examples/conduit/utils"
)

//go:embed all:static
var assetFiles embed.FS

// static are the assets, which pages name by {{asset "app.css"}}.
var static, _ = fs.Sub(assetFiles, "static")

func main() { os.Exit(app.Main(newApp)) }

// newApp reads the configuration, opens the database and puts the application
// together.
func newApp(ctx context.Context) (*app.App, error) {
	cfg, report, err := loadConfig(settings.Options{})
	if err != nil {
		return nil, err
	}
	log := utils.NewLogger(os.Stderr, cfg.LogLevel, cfg.Environment.Production())
	slog.SetDefault(log)
	database, err := openDatabase(ctx, cfg, log)
	if err != nil {
		return nil, err
	}
	return assemble(cfg, report, database, log)
}

// domains are the domains of the application.
type domains struct {
	users    *users.Domain
	profiles *profiles.Domain
	articles *articles.Domain
	comments *comments.Domain
}

// newDomains hands each domain what it needs.
func newDomains(cfg *Config, secret string) (d domains, err error) {
	d.users, err = users.New(users.Config{Name: "Conduit", Secrets: append([]string{secret}, cfg.oldSecretKeys()...), TokenLifetime: cfg.TokenLifetime, Registrations: cfg.Registrations, Secure: cfg.secure()})
	if err != nil {
		return d, err
	}
	d.profiles = profiles.New(d.users.Users)
	d.articles = articles.New(d.profiles.Profiles)
	d.comments = comments.New(d.articles.Articles, d.profiles.Profiles)
	return d, nil
}

// assemble hands the services and pages what they need, and registers them
// and the domains. Tests call it with a database of their own.
func assemble(cfg *Config, report settings.Report, database *db.DB, log *slog.Logger) (*app.App, error) {
	secret := cfg.secretKey(log)
	d, err := newDomains(cfg, secret)
	if err != nil {
		return nil, err
	}
	assets, err := web.NewAssets(static, "/static/")
	if err != nil {
		return nil, err
	}
	key, err := auth.DeriveKey(secret, "messages on pages")
	if err != nil {
		return nil, err
	}
	p, err := pages.New(pages.Config{
		Auth: d.users.Auth, Profiles: d.profiles.Profiles, Articles: d.articles, Comments: d.comments,
		Assets: assets, Key: key, Secure: cfg.secure(),
	})
	if err != nil {
		return nil, err
	}
	written, err := auth.DeriveKey(secret, "writes of clients")
	if err != nil {
		return nil, err
	}
	guards, err := guards(cfg)
	if err != nil {
		return nil, err
	}
	a := app.New(app.Config{
		Name:           "conduit",
		Addr:           cfg.Addr,
		AdminAddr:      cfg.AdminAddr,
		Logger:         log,
		DB:             database,
		Migrations:     migrations,
		MigrateOnStart: cfg.MigrateOnStart,
		Workers:        tasks.Workers(),
		JobsApart:      cfg.Jobs == jobsInWorker,
		Assets:         assets,
		Settings:       report,
		Drain:          cfg.DrainTimeout,
		Stop:           cfg.StopTimeout,
		API: api.Config{
			Key:            written,
			Secure:         cfg.secure(),
			Errors:         wireError,
			Kinds:          kinds,
			ErrorPage:      errorPage(p),
			Middleware:     guards,
			MaxBody:        cfg.MaxBody,
			Timeout:        cfg.RequestTimeout,
			TrustedProxies: cfg.TrustedProxies,
			CORS:           cfg.cors(),
		},
	})
	a.Register(d.users, d.profiles, d.articles, d.comments)
	a.Register(p)
	a.Register(seed.New(seed.Config{Auth: d.users.Auth, Users: d.users.Users, Follows: d.profiles.Profiles.Repository, Articles: d.articles.Articles, Comments: d.comments.Comments}))
	return a, nil
}

// guards say what browsers may do with the pages, and refuse what pages of other
// sites make them send. Pictures of users and in articles are from anywhere.
func guards(cfg *Config) ([]func(http.Handler) http.Handler, error) {
	policy, err := web.Policy{"img-src": {"https:"}}.Middleware()
	if err != nil {
		return nil, err
	}
	csrf, err := web.CSRF(cfg.CORSOrigins, api.ErrorHandler(errCrossSite))
	return []func(http.Handler) http.Handler{policy, csrf}, err
}
