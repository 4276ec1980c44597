package main

import (
	"context"
	"embed"
	"io/fs"
	"log/slog"
	"strings"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/postgres"
	"github.com/terem-go/terem/db/sqlite"
	"github.com/terem-go/terem/settings"
)

//go:embed migrations
var files embed.FS

// migrations are the SQL files of both engines. They are applied by:
// go run . migrate up
var migrations, _ = fs.Sub(files, "migrations")

// openDatabase opens the database that DATABASE_URL names. A server that is
// down is waited for while the application runs.
func openDatabase(ctx context.Context, cfg *Config, log *slog.Logger) (*db.DB, error) {
	c := db.Config{Logger: log, Development: cfg.Environment.Development(),
		Pooler: cfg.Pooler, Direct: cfg.DirectURL.Reveal(), Readers: cfg.ReaderURL.Reveal()}
	for _, u := range cfg.ReplicaURLs {
		c.Replicas = append(c.Replicas, u.Reveal())
	}
	return db.Open(ctx, cfg.DatabaseURL.Reveal(), c, sqlite.Engine, postgres.Engine)
}

// checkDatabase refuses URLs of other databases, and half of what a pooler needs.
func (c *Config) checkDatabase(p *settings.Problems) {
	scheme, rest, _ := strings.Cut(c.DatabaseURL.Reveal(), ":")
	server := scheme == "postgres" || scheme == "postgresql"
	switch {
	case scheme != "sqlite" && !server:
		p.Add("DATABASE_URL", "expected sqlite:FILE or postgres://…")
	case c.Environment.Production() && server && strings.HasPrefix(rest, "//postgres@"):
		p.Add("DATABASE_URL", "expected a user of the application's own, not the superuser without a password")
	}
	for name, urls := range map[string][]settings.URL{
		"DATABASE_REPLICA_URLS": c.ReplicaURLs, "DATABASE_DIRECT_URL": {c.DirectURL}, "DATABASE_READER_URL": {c.ReaderURL},
	} {
		for _, u := range urls {
			switch text := u.Reveal(); {
			case text == "" && c.Pooler != "":
				p.Add(name, "expected with DATABASE_POOLER, see .env.example")
			case text != "" && (!server || !strings.HasPrefix(text, "postgres")):
				p.Add(name, "expected postgres://…, and only with a DATABASE_URL of that kind")
			}
		}
	}
	if c.Pooler != "" && (c.Pooler != "transaction" || !server) {
		p.Add("DATABASE_POOLER", "expected transaction, and only with a DATABASE_URL of postgres://…")
	}
}
