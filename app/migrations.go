package app

import (
	"errors"

	"github.com/terem-go/terem/api"
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
	var err error
	a.migrator, err = migrate.New(a.config.DB, a.config.Migrations, c)
	return a.migrator, err
}

// Idempotency returns the migrations of api.Idempotent, for tests of domains
// whose routes have that option. An application adds them by itself.
func Idempotency() migrate.Source {
	return migrate.Source{Name: "idempotency", FS: api.Migrations()}
}
