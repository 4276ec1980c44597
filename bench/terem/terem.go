// Package terem is the contestant that is made with Terem: an application of one
// domain, put together as terem new does it, without a log.
package terem

import (
	"context"
	"log/slog"

	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/bench/serve"
	"github.com/terem-go/terem/bench/terem/items"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/postgres"
	"github.com/terem-go/terem/db/sqlite"
)

// Serve serves the application until ctx ends.
func Serve(ctx context.Context, f serve.Flags) error {
	log := slog.New(slog.DiscardHandler)
	database, err := db.Open(ctx, f.DB, db.Config{Logger: log}, sqlite.Engine, postgres.Engine)
	if err != nil {
		return err
	}
	a := app.New(app.Config{Name: "bench", Addr: f.Addr, Logger: log, DB: database})
	a.Register(items.New())
	return a.Serve(ctx)
}
