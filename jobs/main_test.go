package jobs_test

import (
	"context"
	"io/fs"
	"log/slog"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/jobs"
)

// schema is the queue's tables and a table that jobs write to.
var schema = func() fs.FS {
	all := fstest.MapFS{
		"sqlite/00099_t.sql":   {Data: []byte("-- +goose Up\nCREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT NOT NULL UNIQUE);")},
		"postgres/00099_t.sql": {Data: []byte("-- +goose Up\nCREATE TABLE notes (id bigserial PRIMARY KEY, body text NOT NULL UNIQUE);")},
	}
	from := jobs.Migrations().FS
	err := fs.WalkDir(from, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := fs.ReadFile(from, name)
		all[name] = &fstest.MapFile{Data: text}
		return err
	})
	if err != nil {
		panic(err)
	}
	return all
}()

// each runs a test on both engines.
func each(t *testing.T, f func(t *testing.T, d *db.DB)) { dbtest.Each(t, schema, f) }

// Note is a job that writes its text into the table notes.
type Note struct {
	Text string `json:"text"`
}

func (Note) Kind() string { return "test.note" }

func writeNote(ctx context.Context, s *db.Session, job *jobs.Job[Note]) error {
	return note(ctx, s, job.Args.Text)
}

// harmless is declared by workers of tests that take a *db.DB.
var harmless = jobs.Idempotent("a test looks at what happens")

// do runs a function in a session.
type do = func(ctx context.Context, f func(ctx context.Context, s *db.Session) error) error

// adder adds a worker.
type adder = func(w *jobs.Workers, f func(context.Context, do, *jobs.Job[Note]) error, opts ...jobs.WorkerOption)

// scopes add one that takes a session, and one that takes the database.
var scopes = map[string]adder{
	"session": func(w *jobs.Workers, f func(context.Context, do, *jobs.Job[Note]) error, opts ...jobs.WorkerOption) {
		jobs.Add(w, func(ctx context.Context, s *db.Session, job *jobs.Job[Note]) error {
			return f(ctx, func(ctx context.Context, f func(context.Context, *db.Session) error) error { return f(ctx, s) }, job)
		}, opts...)
	},
	"db": func(w *jobs.Workers, f func(context.Context, do, *jobs.Job[Note]) error, opts ...jobs.WorkerOption) {
		jobs.Add(w, func(ctx context.Context, d *db.DB, job *jobs.Job[Note]) error {
			return f(ctx, func(ctx context.Context, f func(context.Context, *db.Session) error) error { return d.Do(ctx, f) }, job)
		}, append(opts, harmless)...)
	},
}

// eachScope runs a test on both engines, with workers that take a session and
// with such that take the database.
func eachScope(t *testing.T, f func(t *testing.T, d *db.DB, add adder)) {
	for name, add := range scopes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, d *db.DB) { f(t, d, add) })
		})
	}
}

func note(ctx context.Context, s *db.Session, text string) error {
	_, err := s.Exec(ctx, "INSERT INTO notes (body) VALUES ($1)", text)
	return err
}

// enqueue enqueues a job in a session of its own.
func enqueue(t testing.TB, d *db.DB, args jobs.Args, opts ...jobs.Option) {
	t.Helper()
	err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error { return jobs.Enqueue(ctx, s, args, opts...) })
	if err != nil {
		t.Fatal(err)
	}
}

// start starts a client, which is stopped at the end of the test.
func start(t testing.TB, d *db.DB, w *jobs.Workers, c jobs.Config) *jobs.Client {
	t.Helper()
	if c.Logger == nil {
		c.Logger = slog.New(slog.NewTextHandler(t.Output(), nil))
	}
	client, err := jobs.New(d, w, c)
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := client.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return client
}

// texts returns what is in the table notes, in order.
func texts(t testing.TB, d *db.DB) []string {
	t.Helper()
	return column[string](t, d, "SELECT body FROM notes ORDER BY id")
}

func column[T any](t testing.TB, d *db.DB, query string, args ...any) (list []T) {
	t.Helper()
	err := d.Read(context.Background(), func(ctx context.Context, r *db.Reader) error {
		list = nil
		rows, err := r.Query(ctx, query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var v T
			if err := rows.Scan(&v); err != nil {
				return err
			}
			list = append(list, v)
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// states returns the states of all jobs in the queue, in order.
func states(t testing.TB, d *db.DB) []string {
	t.Helper()
	query := "SELECT state FROM river_job ORDER BY id"
	if d.Dialect() == db.Postgres {
		query = "SELECT state::text FROM river_job ORDER BY id"
	}
	return column[string](t, d, query)
}

// patience ends a wait.
const patience = time.Minute

// eventually waits until f holds.
func eventually(t testing.TB, what string, f func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !f(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s", patience, what)
		}
	}
}

// logs is a handler that keeps what is logged.
type logs struct {
	slog.Handler
	mu      sync.Mutex
	records []slog.Record
}

func newLogs(t testing.TB) *logs { return &logs{Handler: slog.NewTextHandler(t.Output(), nil)} }

func (l *logs) Handle(ctx context.Context, r slog.Record) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.records = append(l.records, r)
	return l.Handler.Handle(ctx, r)
}

func (l *logs) WithAttrs([]slog.Attr) slog.Handler { return l }

// all returns what was logged at a level or above.
func (l *logs) all(level slog.Level) (list []slog.Record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range l.records {
		if r.Level >= level {
			list = append(list, r)
		}
	}
	return list
}

// eachEmpty runs a test on both engines without any tables.
func eachEmpty(t *testing.T, f func(t *testing.T, d *db.DB)) { dbtest.Each(t, nil, f) }
