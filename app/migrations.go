package app

import (
	"errors"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/jobs"
	"github.com/terem-go/terem/migrate"
)

var errNoMigrations = errors.New("this application has no migrations")

// migrations returns what migrates the database: the tables of what the
// application uses of the library, and its own. Once asked for, it stays: domains
// have registered by then.
func (a *App) migrations() (*migrate.Migrator, error) {
	if a.migrator != nil {
		return a.migrator, nil
	}
	if a.config.DB == nil || a.config.Migrations == nil {
		return nil, errNoMigrations
	}
	c := migrate.Config{Logger: a.config.Logger}
	if a.Workers() != nil {
		c.Sources = append(c.Sources, jobs.Migrations())
	}
	if a.api.Idempotent() {
		c.Sources = append(c.Sources, Idempotency())
	}
	c.Sources = append(c.Sources, a.sources...)
	var err error
	a.migrator, err = migrate.New(a.config.DB, a.config.Migrations, c)
	return a.migrator, err
}

// Migrate adds tables of the library that a domain uses, such as Auth: they are
// migrated by the same command as the application's own, before them.
func (a *App) Migrate(sources ...migrate.Source) { a.sources = append(a.sources, sources...) }

// Auth returns the migrations of auth.Throttle, auth.Logins, auth.Links, auth.Audit
// and auth.Factors, for App.Migrate and for tests.
func Auth() migrate.Source { return migrate.Source{Name: "auth", FS: auth.Migrations()} }

// Idempotency returns the migrations of api.Idempotent, for tests of domains
// whose routes have that option. An application adds them by itself.
func Idempotency() migrate.Source {
	return migrate.Source{Name: "idempotency", FS: api.Migrations()}
}
