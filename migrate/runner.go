package migrate

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/terem-go/terem/db"
)

// direction says whether a migration is applied or taken back.
type direction bool

const (
	up   direction = true
	down direction = false
)

// runner runs the files of one set, on a connection of its own.
type runner struct {
	set    set
	log    *slog.Logger
	pool   *sql.DB
	goose  *goose.Provider
	record *record
}

func (m *Migrator) runner(s set) (_ *runner, err error) {
	r := &runner{set: s, log: m.log}
	if r.pool, err = m.db.Migrator(); err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	defer func() {
		if err != nil {
			r.close()
			err = fmt.Errorf("migrate: %w", err)
		}
	}()
	if r.record, err = newRecord(m.db.Dialect(), s.table); err != nil {
		return nil, err
	}
	locker, err := m.locker(r.record)
	if err != nil {
		return nil, err
	}
	r.goose, err = goose.NewProvider(goose.DialectCustom, r.pool, s.dir,
		goose.WithStore(r.record),
		goose.WithSessionLocker(locker),
		goose.WithDisableGlobalRegistry(true),
		goose.WithVerbose(true), // the record needs to know which statement runs
		goose.WithSlog(slog.New(r.record)),
	)
	return r, err
}

// locker returns what makes other processes wait. PostgreSQL is asked once a
// second, not made to answer when the lock is free: CREATE INDEX CONCURRENTLY
// waits for every statement that runs, and would wait for that one for ever.
func (m *Migrator) locker(r *record) (lock.SessionLocker, error) {
	if m.db.Dialect() == db.SQLite {
		return &fileLock{db: m.db, taken: r.keep.remember}, nil
	}
	return lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, math.MaxUint64))
}

func (r *runner) close() { _ = r.pool.Close() } // what it did is committed or has failed already

// run applies a file or takes it back. When it is applied already the error is
// goose.ErrAlreadyApplied.
func (r *runner) run(ctx context.Context, f Migration, d direction) (Applied, error) {
	res, err := r.goose.ApplyVersion(ctx, f.Number, bool(d))
	if err != nil {
		return Applied{}, r.failure(ctx, f, err)
	}
	done := "migration applied"
	if d == down {
		done = "migration taken back"
	}
	log := r.log
	if f.Source != "" {
		log = log.With(slog.String("source", f.Source))
	}
	log.InfoContext(ctx, done, slog.String("file", f.File), slog.Duration("took", res.Duration))
	return Applied{f, res.Duration}, nil
}

// failure says which file failed, where, and what to do.
func (r *runner) failure(ctx context.Context, f Migration, err error) error {
	var ran *goose.PartialError
	if !errors.As(err, &ran) {
		if ctx.Err() != nil {
			err = fmt.Errorf("%w; another process may be migrating this database", err)
		}
		return fmt.Errorf("migrate: %s was not run: %w", f.name(), err)
	}
	text := r.set.text[f.Number]
	where := ""
	if s := r.record.statement; s != "" && !secretsLine.Match(text) {
		where = " in the statement " + shorten(s)
	}
	next := "the file was rolled back and the database is as before it: correct the file and run the migrations again"
	if noTxLine.Match(text) {
		next = "the file has no transaction, so what its earlier statements did has stayed: make the file or the database fit before you run the migrations again"
	}
	return fmt.Errorf("migrate: %s failed%s: %w; %s", f.name(), where, ran.Err, next)
}
