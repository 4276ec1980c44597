// Appname is put together here: what the domains need is handed to them, and
// nobody can import this package.
package main

import (
	"context"
	"log/slog"
	"os"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/scaffold/app/users"
	"github.com/terem-go/terem/internal/scaffold/app/utils"
	"github.com/terem-go/terem/settings"
)

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

// assemble registers the domains. Tests call it with a database of their own.
func assemble(cfg *Config, report settings.Report, database *db.DB, log *slog.Logger) (*app.App, error) {
	u, err := users.New(users.Config{SecretKey: cfg.secretKey(log), TokenLifetime: cfg.TokenLifetime})
	if err != nil {
		return nil, err
	}
	a := app.New(app.Config{
		Name:       "appname",
		Addr:       cfg.Addr,
		Logger:     log,
		DB:         database,
		Migrations: migrations,
		Settings:   report,
		Drain:      cfg.DrainTimeout,
		Stop:       cfg.StopTimeout,
		API: api.Config{
			Errors:         problem,
			MaxBody:        cfg.MaxBody,
			Timeout:        cfg.RequestTimeout,
			TrustedProxies: cfg.TrustedProxies,
			CORS:           cfg.cors(),
		},
	})
	a.Register(u)
	return a, nil
}
