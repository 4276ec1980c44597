package operator_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"testing"
	"testing/fstest"
	"time"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/events"
	"github.com/terem-go/terem/jobs"
	"github.com/terem-go/terem/operator"
	"github.com/terem-go/terem/web"
)

// schema is a table of the application, so that there is one.
var schema = fstest.MapFS{
	"sqlite/00001_t.sql":   {Data: []byte("-- +goose Up\nCREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT NOT NULL);")},
	"postgres/00001_t.sql": {Data: []byte("-- +goose Up\nCREATE TABLE notes (id bigserial PRIMARY KEY, body text NOT NULL);")},
}

// each runs a test on both engines.
func each(t *testing.T, f func(t *testing.T, d *db.DB)) {
	dbtest.Each(t, schema, f, jobs.Migrations(), app.Auth())
}

// visitor is told by a cookie of the test.
type visitor struct{ name string }

func (v visitor) Subject() string { return v.name }
func (v visitor) Operates() bool  { return v.name == "ada" }

// find finds who has sent a request.
func find(_ context.Context, _ db.Querier, r *http.Request) (visitor, error) {
	c, err := r.Cookie("who")
	if err != nil {
		return visitor{}, nil
	}
	return visitor{c.Value}, nil
}

// report is a job with something private in it.
type report struct {
	Month   string `json:"month"`
	APIKey  string `json:"api_key"`
	Account struct {
		IBAN string `json:"iban"`
	} `json:"account"`
}

func (report) Kind() string { return "test.report" }

// broken is a job that fails.
type broken struct {
	How string `json:"how"`
}

func (broken) Kind() string { return "test.broken" }

// shipped is an event that a subscriber cannot take.
type shipped struct {
	Order int `json:"order"`
}

func (shipped) EventName() string { return "orders.shipped" }

var errBroken = errors.New("it is <broken> & stays so")

// domain has the events.
type domain struct{}

func (domain) Register(a *app.App) {
	a.Migrate(app.Auth())
	r := a.Root("test")
	api.Provide(r, func(ctx context.Context, _ db.Querier, r *http.Request) (auth.Visit, error) {
		return auth.Visit{Device: r.UserAgent(), Client: r.RemoteAddr, Request: api.RequestID(ctx)}, nil
	})
	events.Declare[shipped](a.Events())
	events.Subscribe(a.Events(), "mails.shipped", func(context.Context, *db.Session, shipped) error { return errBroken })
}

// workers run the jobs of the tests.
func workers() *jobs.Workers {
	w := jobs.NewWorkers()
	jobs.Add(w, func(ctx context.Context, s *db.Session, job *jobs.Job[report]) error {
		return jobs.SetResult(ctx, s, job, map[string]any{"rows": 17, "token": "result secret"})
	}, jobs.Hide("iban"))
	jobs.Add(w, func(_ context.Context, _ *db.Session, job *jobs.Job[broken]) error {
		if job.Args.How == "panic" {
			panic("it panics")
		}
		return errBroken
	})
	w.Periodically(jobs.Daily(3, 30, time.UTC), report{Month: "last"})
	return w
}

// key signs the messages.
var key = []byte("0123456789abcdef0123456789abcdef")

// newApp returns an application with the operator's pages.
func newApp(t testing.TB, d *db.DB) *app.App {
	t.Helper()
	ops, err := operator.New(operator.Config{Name: "Shop", Audit: auth.NewAudit(nil), Key: key}, find)
	if err != nil {
		t.Fatal(err)
	}
	policy, err := web.Policy{}.Middleware()
	if err != nil {
		t.Fatal(err)
	}
	a := app.New(app.Config{DB: d, Migrations: schema, Workers: workers(), Logger: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
		API: api.Config{Middleware: []func(http.Handler) http.Handler{policy}}})
	a.Register(domain{}, ops)
	return a
}

func newHandler(t testing.TB, a *app.App) http.Handler {
	t.Helper()
	h, err := a.Handler()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// operate returns a client of an operator.
func operate(t testing.TB, a *app.App) *apitest.Client {
	t.Helper()
	return apitest.New(t, newHandler(t, a)).With("Cookie", "who=ada")
}

// do runs f in a session.
func do(t testing.TB, d *db.DB, f func(ctx context.Context, s *db.Session) error) {
	t.Helper()
	if err := d.Do(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// enqueue enqueues a job and returns its number.
func enqueue(t testing.TB, d *db.DB, args jobs.Args, opts ...jobs.Option) (id int64) {
	t.Helper()
	do(t, d, func(ctx context.Context, s *db.Session) error {
		return jobs.Enqueue(ctx, s, args, append(opts, jobs.ID(&id))...)
	})
	return id
}

// get returns what the queue knows of a job.
func get(t testing.TB, d *db.DB, id int64) *jobs.Info {
	t.Helper()
	var info *jobs.Info
	err := d.Read(t.Context(), func(ctx context.Context, r *db.Reader) (err error) {
		info, err = jobs.Get(ctx, r, id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return info
}

// audit returns the audit log, the oldest first.
func audit(t testing.TB, d *db.DB) (list []string) {
	t.Helper()
	err := d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
		entries, _, err := auth.NewAudit(nil).After(ctx, r, "", 100)
		for _, e := range entries {
			list = append([]string{e.Actor + " " + e.Action + " " + e.Object + " " + e.Detail}, list...)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}
