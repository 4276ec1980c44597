package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
	"github.com/terem-go/terem/migrate"
)

// databaseLimit is how long the database may take to answer at the start.
const databaseLimit = 5 * time.Second

// checkDatabase refuses to serve a schema that is behind, or half a copy. A database that does
// not answer is only reported, with what happens until it does: it may come up.
func (a *App) checkDatabase(ctx context.Context, until string) error {
	if a.config.DB == nil {
		return nil
	}
	if a.config.MigrateOnStart {
		if err := a.migrateOnStart(ctx); err != nil {
			return usable(err)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, databaseLimit)
	defer cancel()
	err := a.checkMigrated(ctx)
	if err == nil {
		err = a.checkCopied(ctx)
	}
	if err == nil {
		err = a.warnOfEdits(ctx)
	}
	switch {
	case errors.Is(err, errBehind):
		return behind(err)
	case silent(err):
		a.config.Logger.WarnContext(ctx, "the database does not answer; "+until, slog.Any("error", err))
		return nil
	}
	return usable(err)
}

// checkCopied refuses a database into which terem db copy has not copied all: it has
// no foreign keys until then.
func (a *App) checkCopied(ctx context.Context) error {
	if a.config.DB.Dialect() != db.Postgres {
		return nil
	}
	var copying bool
	err := a.config.DB.Read(ctx, func(ctx context.Context, r *db.Reader) error {
		return r.QueryRow(ctx, "SELECT to_regclass('terem_db_copy') IS NOT NULL").Scan(&copying)
	})
	if err == nil && copying {
		err = errors.New("the copy of another database into this one is not finished: give the command terem db copy again")
	}
	return err
}

// usable says to who has given a command what to do when the database does not answer,
// or lets us not in.
func usable(err error) error {
	class := db.ClassOf(err)
	if class != db.Unreachable && class != db.Denied {
		return err
	}
	if e, ok := errors.AsType[*errs.Error](err); ok && e.Error() == err.Error() {
		err = errors.Unwrap(e) // without the message for clients
	}
	if class == db.Unreachable {
		return fmt.Errorf("the database does not answer: check DATABASE_URL, and that its server runs: %w", err)
	}
	return fmt.Errorf("the database cannot be used: check DATABASE_URL, and that the database exists: %w", err)
}

// behind says what to do when migrations are pending.
func behind(err error) error {
	return fmt.Errorf("the database's schema is behind the program (%w). Apply the migrations with: migrate up (in development: go run . migrate up)", errors.Unwrap(err))
}

// silent reports whether err says that the database does not answer.
func silent(err error) bool {
	return db.ClassOf(err) == db.Unreachable || errors.Is(err, context.DeadlineExceeded)
}

// migrateOnStart applies the pending migrations. A database that does not answer
// is waited for. One that stops to answer meanwhile is an error: a file without a
// transaction must not run twice without somebody looking.
func (a *App) migrateOnStart(ctx context.Context) error {
	m, err := a.migrations()
	if errors.Is(err, errNoMigrations) {
		return nil
	}
	if err != nil {
		return err
	}
	p, err := a.plan(ctx, m)
	if err != nil {
		return err
	}
	_, err = m.Run(ctx, p)
	return err
}

// plan plans to migrate as soon as the database answers.
func (a *App) plan(ctx context.Context, m *migrate.Migrator) (migrate.Plan, error) {
	for waiting := false; ; waiting = true {
		limited, cancel := context.WithTimeout(ctx, databaseLimit)
		p, err := m.PlanUp(limited)
		cancel()
		if ctx.Err() != nil || !silent(err) {
			return p, err
		}
		if !waiting {
			a.config.Logger.WarnContext(ctx, "the database does not answer; it is migrated and used when it does", slog.Any("error", err))
		}
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return migrate.Plan{}, ctx.Err()
		}
	}
}

// warnOfEdits warns of migrations that were edited after they were applied.
func (a *App) warnOfEdits(ctx context.Context) error {
	m, err := a.migrations()
	if errors.Is(err, errNoMigrations) {
		return nil
	}
	if err != nil {
		return err
	}
	states, err := m.Status(ctx)
	for _, s := range states {
		if s.Edited {
			a.config.Logger.WarnContext(ctx, "a migration was edited after it was applied, and migrate up refuses it", slog.String("file", s.File))
		}
	}
	return err
}
