package main

import (
	"context"
	"embed"
	"io/fs"
	"log/slog"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/postgres"
	"github.com/terem-go/terem/db/sqlite"
)

//go:embed migrations
var files embed.FS

// migrations are the SQL files of both engines. They are applied by:
// go run . migrate up
var migrations, _ = fs.Sub(files, "migrations")

// openDatabase opens the database that DATABASE_URL names. A server that is
// down is waited for while the application runs.
func openDatabase(ctx context.Context, cfg *Config, log *slog.Logger) (*db.DB, error) {
	return db.Open(ctx, cfg.DatabaseURL.Reveal(), db.Config{Logger: log, Development: cfg.Environment.Development()}, sqlite.Engine, postgres.Engine)
}
