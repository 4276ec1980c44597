package queue

import (
	"context"
	"database/sql"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	_ "modernc.org/sqlite"
)

// hand is River used by hand, with a driver D whose transactions are a T.
type hand[T any, D riverdriver.Driver[T]] struct {
	driver D
	insert *river.Client[T] // runs no jobs
	in     func(ctx context.Context, f func(tx T) error) error
	exec   func(ctx context.Context, tx T, sql string, args ...any) error
	count  func(ctx context.Context, sql string, n *int) error
	close  func()
}

func newHand[T any, D riverdriver.Driver[T]](q *hand[T, D]) (_ Queue, err error) {
	q.insert, err = river.NewClient(q.driver, &river.Config{Logger: quiet, FetchCooldown: fetchCooldown})
	return q, err
}

// openPostgres has as many connections as Terem has by default.
func openPostgres(ctx context.Context, url string) (Queue, error) {
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		return nil, err
	}
	return newHand(&hand[pgx.Tx, *riverpgxv5.Driver]{
		driver: riverpgxv5.New(pool),
		in:     func(ctx context.Context, f func(pgx.Tx) error) error { return pgx.BeginFunc(ctx, pool, f) },
		exec: func(ctx context.Context, tx pgx.Tx, sql string, args ...any) error {
			_, err := tx.Exec(ctx, sql, args...)
			return err
		},
		count: func(ctx context.Context, sql string, n *int) error { return pool.QueryRow(ctx, sql).Scan(n) },
		close: pool.Close,
	})
}

// openSQLite has one connection, as River's documentation advises.
func openSQLite(_ context.Context, path string) (Queue, error) {
	pool, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_txlock=immediate")
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(1)
	return newHand(&hand[*sql.Tx, *riversqlite.Driver]{
		driver: riversqlite.New(pool),
		in: func(ctx context.Context, f func(*sql.Tx) error) error {
			tx, err := pool.BeginTx(ctx, nil)
			if err != nil {
				return err
			}
			defer tx.Rollback()
			if err := f(tx); err != nil {
				return err
			}
			return tx.Commit()
		},
		exec: func(ctx context.Context, tx *sql.Tx, sql string, args ...any) error {
			_, err := tx.ExecContext(ctx, sql, args...)
			return err
		},
		count: func(ctx context.Context, sql string, n *int) error { return pool.QueryRowContext(ctx, sql).Scan(n) },
		close: func() { _ = pool.Close() },
	})
}

func (q *hand[T, D]) Enqueue(ctx context.Context) error {
	return q.in(ctx, func(tx T) error {
		if err := q.exec(ctx, tx, insertNote, "enqueued"); err != nil {
			return err
		}
		_, err := q.insert.InsertTx(ctx, tx, note{"a"}, nil)
		return err
	})
}

func (q *hand[T, D]) Fill(ctx context.Context, n int) error {
	list := make([]river.InsertManyParams, n)
	for i := range list {
		list[i].Args = note{}
	}
	return q.in(ctx, func(tx T) error {
		_, err := q.insert.InsertManyFastTx(ctx, tx, list)
		return err
	})
}

func (q *hand[T, D]) Work(ctx context.Context, at int, began func()) (func() error, error) {
	w := river.NewWorkers()
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, job *river.Job[note]) error {
		return q.in(ctx, func(tx T) error {
			began()
			if err := q.exec(ctx, tx, insertNote, "ran"); err != nil {
				return err
			}
			_, err := river.JobCompleteTx[D](ctx, tx, job)
			return err
		})
	}))
	c, err := river.NewClient(q.driver, &river.Config{Logger: quiet, Workers: w, FetchCooldown: fetchCooldown,
		Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: at}}})
	if err != nil {
		return nil, err
	}
	return func() error { return c.Stop(ctx) }, c.Start(ctx)
}

// fetchCooldown is Terem's: River's own is five times as long.
const fetchCooldown = 20 * time.Millisecond

func (q *hand[T, D]) Done(ctx context.Context) (n int, err error) {
	err = q.count(ctx, "SELECT count(*) FROM river_job WHERE state = 'completed'", &n)
	return n, err
}

func (q *hand[T, D]) Close() { q.close() }
