package app_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/jobs"
	"github.com/terem-go/terem/web"
)

// remember is a job that writes a note.
type remember struct {
	Text string `json:"text"`
}

func (remember) Kind() string { return "notes.remember" }

// remembering returns workers that tell when a job has begun, and then take a
// while.
func remembering(while time.Duration) (w *jobs.Workers, begun chan string) {
	begun = make(chan string, 100)
	w = jobs.NewWorkers()
	jobs.Add(w, func(ctx context.Context, s *db.Session, job *jobs.Job[remember]) error {
		begun <- job.Args.Text
		time.Sleep(while)
		_, err := s.Exec(ctx, "INSERT INTO notes (text) VALUES ($1)", job.Args.Text)
		return err
	})
	return w, begun
}

func enqueue(t *testing.T, d *db.DB, text string) {
	t.Helper()
	err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error { return jobs.Enqueue(ctx, s, remember{text}) })
	if err != nil {
		t.Fatal(err)
	}
}

// notesIn returns the notes of a database, joined.
func notesIn(t *testing.T, d *db.DB) (all string) {
	t.Helper()
	err := d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
		rows, err := r.Query(ctx, "SELECT text FROM notes ORDER BY id")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var text string
			if err := rows.Scan(&text); err != nil {
				return err
			}
			all += text + " "
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// A server runs jobs, and the job that runs when it stops is finished first.
func TestServerRunsJobs(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		w, begun := remembering(300 * time.Millisecond)
		a := newApp(app.Config{DB: d, Logger: quiet, Workers: w})
		ctx, stop := context.WithCancel(t.Context())
		served := make(chan error, 1)
		go func() { served <- a.Serve(ctx) }()
		enqueue(t, d, "first")
		<-begun
		stop()
		if err := <-served; err != nil {
			t.Fatal(err)
		}
		if got := notesIn(t, d); got != "first " {
			t.Errorf("after the server has stopped there are the notes %q, want that of the job that ran", got)
		}
	}, jobs.Migrations())
}

// A server that leaves jobs to the command worker runs none.
func TestWorkerRunsJobs(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		w, begun := remembering(0)
		log, lines := jsonLog()
		c := serve(t, newApp(app.Config{DB: d, Logger: log, Workers: w, JobsApart: true}), lines)
		enqueue(t, d, "first")
		do(t, c, "GET", "/readyz", nil)
		worker := newApp(app.Config{DB: d, Logger: quiet, Workers: w})
		select {
		case text := <-begun:
			t.Fatalf("the server has run the job %s", text)
		case <-time.After(time.Second): // in which a server that runs jobs would have run it many times over
		}
		ctx, stop := context.WithCancel(t.Context())
		worked := make(chan error, 1)
		go func() { worked <- worker.Run(ctx, []string{"worker"}, t.Output()) }()
		<-begun
		stop()
		if err := <-worked; err != nil {
			t.Fatal(err)
		}
		if got := notesIn(t, d); got != "first " {
			t.Errorf("after the worker has stopped there are the notes %q", got)
		}
	}, jobs.Migrations())
}

func TestWorkerRefuses(t *testing.T) {
	t.Parallel()
	if err := newApp(app.Config{DB: dbtest.SQLite(t, migrations), Logger: quiet}).Work(t.Context()); err == nil || !strings.Contains(err.Error(), "no jobs") {
		t.Errorf("an application without jobs: %v", err)
	}
	w, _ := remembering(0)
	a := newApp(app.Config{DB: dbtest.SQLite(t, migrations), Logger: quiet, Workers: w}) // without the queue's tables
	if err := a.Work(t.Context()); err == nil || !strings.Contains(err.Error(), "migrate up") {
		t.Errorf("a database without the queue's tables: %v", err)
	}
	run(t, a, "migrate", "up")
	if got := run(t, a, "migrate", "status"); !strings.Contains(got, "  jobs: sqlite/00001_") || strings.Contains(got, "  pending\n") {
		t.Errorf("after migrate up, migrate status prints\n%s", got)
	}
}

func TestStatic(t *testing.T) {
	t.Parallel()
	assets, err := web.NewAssets(fstest.MapFS{"app.css": {Data: []byte("body { margin: 2em }")}}, "/static/")
	if err != nil {
		t.Fatal(err)
	}
	log, lines := jsonLog()
	a := newApp(app.Config{DB: dbtest.SQLite(t, migrations), Logger: log, Assets: assets})
	dir := filepath.Join(t.TempDir(), "static")
	if got, want := run(t, a, "static", dir), fmt.Sprintf("wrote the assets to %s; serve it at /static/\n", dir); got != want {
		t.Errorf("static prints %q, want %q", got, want)
	}
	path, err := assets.Path("app.css")
	if err != nil {
		t.Fatal(err)
	}
	written, err := os.ReadFile(filepath.Join(filepath.Dir(dir), filepath.FromSlash(path)))
	if err != nil {
		t.Fatal(err)
	}
	if got := do(t, serve(t, a, lines), "GET", path, nil); got.Status != 200 || !bytes.Equal(got.Body, written) {
		t.Errorf("%s is answered with %d %s, and %s was written", path, got.Status, got.Body, written)
	}
	if err := newApp(app.Config{DB: dbtest.SQLite(t, migrations), Logger: quiet}).Run(t.Context(), []string{"static", dir}, t.Output()); err == nil {
		t.Error("an application without assets has written some")
	}
}

// payments is a domain with a route that may be repeated.
type payments struct{}

func (payments) Register(a *app.App) {
	api.Post(a.Router("payments"), "/payments", func(context.Context, *db.Session, *struct{}) (*api.Empty, error) { return nil, nil },
		api.Public, api.Idempotent)
}

// The table that such a route needs comes with it.
func TestIdempotencyIsMigrated(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		a := newApp(app.Config{DB: d, Logger: quiet})
		a.Register(payments{})
		run(t, a, "migrate", "up")
		if got := run(t, a, "migrate", "status"); !strings.Contains(got, "idempotency: ") || strings.Contains(got, "  pending\n") {
			t.Errorf("migrate status prints\n%s", got)
		}
		h, err := a.Handler()
		if err != nil {
			t.Fatal(err)
		}
		c := apitest.New(t, h).With("Idempotency-Key", "a")
		c.Post("/api/payments", nil).Expect(204)
		if r := c.Post("/api/payments", nil).Expect(204); r.Header.Get("Idempotency-Replayed") != "true" {
			t.Errorf("done twice: %v", r.Header)
		}
	})
}
