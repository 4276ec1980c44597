package app_test

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
)

// wrong is a domain with much that is wrong.
type wrong struct{}

func (wrong) Register(a *app.App) {
	a.Tables(dao.Of[struct {
		ID int64 `db:"id,pk"`
		No chan int
	}]("one"), dao.Of[struct {
		ID int64 `db:"id,key"`
	}]("two"))
	r := a.Router("wrong")
	h := func(context.Context, api.None, *struct{}) (*api.Empty, error) { return nil, nil }
	api.Get(r, "/open", h, api.Policy{})
	api.Get(r, "/healthz", h, api.Public)
	api.Get(r, "/healthz", h, api.Public)
}

func TestHandlerTellsAllThatIsWrong(t *testing.T) {
	t.Parallel()
	a := app.New(app.Config{DB: dbtest.SQLite(t, nil), Migrations: fstest.MapFS{"mysql/1.sql": {}}, Logger: quiet})
	a.Register(wrong{})
	for range 2 {
		_, err := a.Handler()
		if err == nil {
			t.Fatal("there is a handler")
		}
		for _, part := range []string{
			"no folder sqlite", "No", `"key"`, "app_test.go", "GET /api/open: names no policy", "GET /api/healthz",
		} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("nothing is said of %s", part)
			}
		}
		if t.Failed() {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"serve"}, {"routes"}, {"openapi"}, {"migrate", "up"}} {
		if err := a.Run(t.Context(), args, t.Output()); err == nil || !strings.Contains(err.Error(), "no folder sqlite") {
			t.Errorf("%s: %v", args, err)
		}
	}
}

func TestHandler(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		a := newApp(app.Config{DB: d, Logger: quiet, Version: "1.2.3"})
		first, err := a.Handler()
		if err != nil {
			t.Fatal(err)
		}
		second, err := a.Handler()
		if err != nil {
			t.Fatal(err)
		}
		var created noteRead
		apitest.New(t, first).Post("/api/notes", map[string]any{"text": "one"}).Expect(200).JSON(&created)
		c := apitest.New(t, second)
		var list noteList
		c.Get("/api/notes").Expect(200).JSON(&list)
		if created.ID == 0 || len(list.Texts) != 1 || list.Texts[0] != "one" {
			t.Errorf("created %+v, then listed %+v", created, list)
		}
		c.Get("/healthz").Expect(200)
		c.Get("/readyz").Expect(200)
		var spec struct {
			Info struct{ Title, Version string }
		}
		c.Get("/openapi.json").Expect(200).JSON(&spec)
		if spec.Info.Title != "notes" || spec.Info.Version != "1.2.3" {
			t.Errorf("the document is of %+v", spec.Info)
		}
	})
}

func TestApplicationWithoutDatabase(t *testing.T) {
	t.Parallel()
	log, text := jsonLog()
	a := app.New(app.Config{Addr: "127.0.0.1:0", Logger: log, Prefix: "/v1"})
	r := a.Router("hello")
	api.Get(r, "/hello", func(context.Context, api.None, *struct{}) (*noteRead, error) { return &noteRead{7}, nil }, api.Public)
	c := serve(t, a, text)
	for path, status := range map[string]int{"/healthz": 200, "/readyz": 200, "/v1/hello": 200, "/api/hello": 404} {
		if got := do(t, c, "GET", path, nil); got.Status != status {
			t.Errorf("%s: status %d, want %d", path, got.Status, status)
		}
	}
	if err := a.Run(t.Context(), []string{"migrate", "up"}, t.Output()); err == nil || !strings.Contains(err.Error(), "no migrations") {
		t.Errorf("migrate up: %v", err)
	}
}

func TestReadyOnceMigrated(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		a := newApp(app.Config{DB: d, Logger: quiet})
		h, err := a.Handler()
		if err != nil {
			t.Fatal(err)
		}
		c := apitest.New(t, h)
		c.Get("/healthz").Expect(200)
		c.Get("/readyz").ExpectError(503, "migrations_pending")
		if err := a.Run(t.Context(), []string{"migrate", "up"}, t.Output()); err != nil {
			t.Fatal(err)
		}
		c.Get("/readyz").Expect(200)
	})
}
