package jobs

import (
	"context"
	"database/sql"
	"log/slog"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/postgres"
	"github.com/terem-go/terem/db/sqlite"
)

// queue is what sessions do with River's queue.
type queue interface {
	insert(ctx context.Context, list []river.InsertManyParams) ([]*rivertype.JobInsertResult, error)
	cancel(ctx context.Context, id int64) error
	pause(ctx context.Context, name string) error
	resume(ctx context.Context, name string) error
}

// inTx is a queue in a transaction of River's.
type inTx[T any] struct {
	river *river.Client[T]
	tx    T
}

func (q inTx[T]) insert(ctx context.Context, list []river.InsertManyParams) ([]*rivertype.JobInsertResult, error) {
	return q.river.InsertManyTx(ctx, q.tx, list)
}

func (q inTx[T]) cancel(ctx context.Context, id int64) error {
	_, err := q.river.JobCancelTx(ctx, q.tx, id)
	return err
}

func (q inTx[T]) pause(ctx context.Context, name string) error {
	return q.river.QueuePauseTx(ctx, q.tx, name, nil)
}

func (q inTx[T]) resume(ctx context.Context, name string) error {
	return q.river.QueueResumeTx(ctx, q.tx, name, nil)
}

// within runs f with the queue in a session, which fails if f does.
func within(ctx context.Context, s *db.Session, f func(q queue) error) error {
	var err error
	switch s.Dialect() {
	case db.SQLite:
		err = sqlite.Tx(ctx, s, func(tx *sql.Tx) error { return f(inTx[*sql.Tx]{onSQLite.of(s), tx}) })
	case db.Postgres:
		err = f(inTx[pgx.Tx]{onPostgres(), postgres.Tx(s)})
	}
	if err != nil {
		s.Note(err)
	}
	return err
}

// What sessions have of River: clients that run no jobs.
var (
	onSQLite   shared
	onPostgres = sync.OnceValue(func() *river.Client[pgx.Tx] { return idle(riverpgxv5.New(nil), new(inserter)) })
)

// shared is a client on SQLite, which does not notify twice in a millisecond, whatever
// the database.
type shared struct {
	mu     sync.Mutex
	client *river.Client[*sql.Tx]
	last   *db.Session // that used it
}

// of returns the client for a session. It is another one, which costs microseconds,
// if the notification of the shared one may have been undone: with a savepoint of
// the session, or with an earlier attempt at it.
func (c *shared) of(s *db.Session) *river.Client[*sql.Tx] {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.client != nil && (c.last == s || s.Attempt() > 1) {
		return newSQLite()
	}
	if c.client == nil {
		c.client = newSQLite()
	}
	c.last = s
	return c.client
}

func newSQLite() *river.Client[*sql.Tx] { return idle(riversqlite.New(nil)) }

func idle[T any](d riverdriver.Driver[T], m ...rivertype.Middleware) *river.Client[T] {
	c, err := river.NewClient(d, &river.Config{
		Logger: slog.New(slog.DiscardHandler), // errors are returned, too
		// Of notifications in quick succession River sends the first only. If
		// that one's session is slow or rolled back, the others wait to be polled.
		FetchCooldown: river.FetchCooldownMin,
		Middleware:    m,
	})
	if err != nil {
		panic(err) // the configuration is constant
	}
	return c
}
