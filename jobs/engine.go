package jobs

import (
	"context"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/postgres"
	"github.com/terem-go/terem/db/sqlite"
)

// pgConns is how many connections to PostgreSQL River has at most, besides one
// on which it listens.
const pgConns = 4

// engine is River on a database, whatever the type of its transactions.
type engine struct {
	exec   riverdriver.Executor
	client func(*river.Config) (client, error)
	close  func()
}

// client is a client of River.
type client interface {
	Start(context.Context) error
	Stop(context.Context) error
	StopAndCancel(context.Context) error
}

// open puts River on a database. It does not connect.
func open(d *db.DB) (*engine, error) {
	if d.Dialect() == db.SQLite {
		pool := sqlite.SQL(d)
		return engineOf(riversqlite.New(pool), func() { _ = pool.Close() }), nil // it holds nothing
	}
	pool, err := postgres.Pool(context.Background(), d, pgConns)
	if err != nil {
		return nil, err
	}
	return engineOf(riverpgxv5.New(pool), pool.Close), nil
}

func engineOf[T any](d riverdriver.Driver[T], closePool func()) *engine {
	return &engine{
		exec:   d.GetExecutor(),
		client: func(c *river.Config) (client, error) { return river.NewClient(d, c) },
		close:  closePool,
	}
}
