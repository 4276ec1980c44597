package migrate

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"regexp"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/sqlfile"
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
	locker lock.SessionLocker
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
	if r.record, err = newRecord(m.db.Dialect(), s); err != nil {
		return nil, err
	}
	if r.locker, err = m.locker(r.record); err != nil {
		return nil, err
	}
	r.goose, err = goose.NewProvider(goose.DialectCustom, r.pool, s.dir,
		goose.WithStore(r.record),
		goose.WithSessionLocker(r.locker),
		goose.WithDisableGlobalRegistry(true),
		goose.WithVerbose(true), // the record counts the statements
		goose.WithSlog(slog.New(r.record)),
	)
	return r, err
}

// locker returns what makes other processes wait. PostgreSQL is asked once a
// second, not made to answer when the lock is free: CREATE INDEX CONCURRENTLY
// waits for every statement that runs, and would wait for that one for ever.
func (m *Migrator) locker(r *record) (lock.SessionLocker, error) {
	if m.db.Dialect() == db.SQLite {
		return &fileLock{db: m.db, keep: r.keep}, nil
	}
	return lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, math.MaxUint64))
}

// close passes errors over: what the runner did is committed or has failed already.
func (r *runner) close() {
	if l, ok := r.locker.(*fileLock); ok {
		_ = l.close()
	}
	_ = r.pool.Close()
}

// run applies a file or takes it back. When it is applied already the error is
// goose.ErrAlreadyApplied.
func (r *runner) run(ctx context.Context, f Migration, d direction) (Applied, error) {
	r.record.begun, r.record.finished = 0, false
	res, err := r.goose.ApplyVersion(ctx, f.Number, bool(d))
	if err != nil {
		return Applied{}, r.failure(ctx, f, d, err)
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
func (r *runner) failure(ctx context.Context, f Migration, d direction, err error) error {
	var ran *goose.PartialError
	if !errors.As(err, &ran) {
		return fmt.Errorf("migrate: %s was not run: %w", f.name(), waited(ctx, err))
	}
	statements := r.set.statements(f, d)
	where, before := "", statements
	if n := r.record.begun; n > 0 && !r.record.finished {
		s := statements[n-1]
		where, before = fmt.Sprintf(" in line %d, %s", s.Line, s.Head()), statements[:n-1]
	}
	next := "the file was rolled back and the database is as before it: correct the file and run the migrations again"
	if r.set.parsed[f.Number].NoTransaction {
		next = partly(before, statements[len(before):])
	}
	return fmt.Errorf("migrate: %s failed%s: %w; %s", f.name(), where, ran.Err, next)
}

// partly says what a file without a transaction has left behind: the statements
// before the one that failed, and what is left of that.
func partly(before, rest []sqlfile.Statement) string {
	text := "the file has no transaction"
	if len(before) > 0 {
		text += fmt.Sprintf(" and has run partly: what %d of its %d statements did, through line %d, has stayed. Undo it by hand, or write them so that they may run again (IF NOT EXISTS)",
			len(before), len(before)+len(rest), before[len(before)-1].Line)
	} else {
		text += ", and its first statement failed, so nothing else of it has run"
	}
	if len(rest) > 0 && concurrently.MatchString(rest[0].Text) {
		text += ". An index that could not be built stays behind as invalid: DROP INDEX it"
	}
	return text + ". Then correct the file and run the migrations again"
}

var concurrently = regexp.MustCompile(`(?i)\bconcurrently\b`)

// waited says why waiting for the lock may have taken all the time that ctx had.
func waited(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%w; another process may be migrating this database", err)
	}
	return err
}
