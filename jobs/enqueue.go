package jobs

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/postgres"
	"github.com/terem-go/terem/db/sqlite"
)

// Options are how and when a job is to run. An Option sets one of them.
type Options struct {
	// Queue is the queue that the job waits in. The default is "default". A
	// queue that no client works (Config.Queues) is not looked at.
	Queue string
	// At is the time from which the job is due. The default is at once.
	At time.Time
	// MaxAttempts is how often the job is run at most. The default is 25.
	MaxAttempts int
}

// Option changes how or when a job is to run.
type Option func(*Options)

// Queue puts a job into a queue of its own, so that it does not wait behind
// others, nor others behind it.
func Queue(name string) Option { return func(o *Options) { o.Queue = name } }

// At makes a job due at a time, to the second.
func At(t time.Time) Option { return func(o *Options) { o.At = t } }

// In makes a job due after d, to the second.
func In(d time.Duration) Option { return func(o *Options) { o.At = time.Now().Add(d) } }

// MaxAttempts sets how often a job is run at most.
func MaxAttempts(n int) Option { return func(o *Options) { o.MaxAttempts = n } }

func insertion(opts []Option) *river.InsertOpts {
	var o Options
	for _, opt := range opts {
		opt(&o)
	}
	if !o.At.After(time.Now()) {
		o.At = time.Time{} // due already: the leader need not look for it
	}
	return &river.InsertOpts{Queue: o.Queue, ScheduledAt: o.At, MaxAttempts: o.MaxAttempts}
}

// Enqueue adds a job to the session. It is there for workers once the session is
// committed, and never if it is not. If it cannot be added the session fails.
func Enqueue(ctx context.Context, s *db.Session, args Args, opts ...Option) error {
	var err error
	o := insertion(opts)
	switch s.Dialect() {
	case db.SQLite:
		err = sqlite.Tx(ctx, s, func(tx *sql.Tx) error {
			_, err := onSQLite().InsertTx(ctx, tx, args, o)
			return err
		})
	case db.Postgres:
		_, err = onPostgres().InsertTx(ctx, postgres.Tx(s), args, o)
	}
	if err != nil {
		err = fmt.Errorf("jobs: enqueue %s: %w", args.Kind(), err)
		s.Note(err)
	}
	return err
}

// What jobs are enqueued with: clients that do nothing else.
var (
	onSQLite   = sync.OnceValue(func() *river.Client[*sql.Tx] { return enqueuer(riversqlite.New(nil)) })
	onPostgres = sync.OnceValue(func() *river.Client[pgx.Tx] { return enqueuer(riverpgxv5.New(nil)) })
)

func enqueuer[T any](d riverdriver.Driver[T]) *river.Client[T] {
	c, err := river.NewClient(d, &river.Config{
		Logger: slog.New(slog.DiscardHandler), // errors are returned, too
		// Of notifications in quick succession River sends the first only. If
		// that one's session is slow or rolled back, the others wait to be polled.
		FetchCooldown: river.FetchCooldownMin,
	})
	if err != nil {
		panic(err) // the configuration is constant
	}
	return c
}
