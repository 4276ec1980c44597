package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/errs"
)

// Health is the answer of /healthz and /readyz.
type Health struct {
	Status string `json:"status" enum:"ok" doc:"Always ok: anything else is an error."`
}

var (
	errStopping = errs.New(errs.Unavailable, "stopping", "The server is about to stop.").After(2 * time.Second)
	errBehind   = errs.New(errs.Unavailable, "migrations_pending", "The database's schema is older than the program. Apply the migrations.")
)

// health adds /healthz, which says that the process answers, and /readyz, which
// says that it can serve: the database answers, its schema is up to date, and
// the server is not about to stop.
func (a *App) health() {
	r := a.api.Router("", "health")
	api.Get(r, "/healthz", a.alive, api.Public, api.Summary("Whether the process answers"))
	api.Get(r, "/readyz", a.ready, api.Public, api.Summary("Whether it can serve"), api.Timeout(5*time.Second),
		api.Fails(errStopping, errBehind))
}

func (a *App) alive(context.Context, api.None, *struct{}) (*Health, error) {
	return &Health{"ok"}, nil
}

func (a *App) ready(ctx context.Context, _ api.None, _ *struct{}) (*Health, error) {
	switch {
	case a.stopping.Load():
		return nil, errStopping.Here()
	case a.config.DB == nil:
		return &Health{"ok"}, nil
	}
	if err := a.config.DB.Ping(ctx); err != nil {
		return nil, err
	}
	if err := a.checkMigrated(ctx); err != nil {
		return nil, err
	}
	return &Health{"ok"}, nil
}

// migratedFor is how long the answer that no migration is pending holds.
const migratedFor = 5 * time.Second

// checkMigrated fails while migrations are pending.
func (a *App) checkMigrated(ctx context.Context) error {
	m, err := a.migrations()
	switch {
	case errors.Is(err, errNoMigrations):
		return nil
	case err != nil:
		return err
	case time.Since(time.UnixMilli(a.migrated.Load())) < migratedFor:
		return nil
	}
	pending, err := m.Pending(ctx)
	if err != nil {
		return err
	}
	if len(pending) > 0 {
		return errBehind.Wrap(fmt.Errorf("%d pending, the first is %s", len(pending), pending[0].File))
	}
	a.migrated.Store(time.Now().UnixMilli())
	return nil
}
