package app_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/events"
	"github.com/terem-go/terem/jobs"
	"github.com/terem-go/terem/jobs/jobstest"
)

// registered is an event.
type registered struct {
	Name string `json:"name"`
}

func (registered) EventName() string { return "users.registered" }

// people is a domain that publishes events.
type people struct{}

func (people) Register(a *app.App) { events.Declare[registered](a.Events()) }

// gifts is a domain that subscribes to them.
type gifts struct{ works bool }

func (g *gifts) Register(a *app.App) { events.Subscribe(a.Events(), "gifts.welcome", g.welcome) }

func (g *gifts) welcome(ctx context.Context, s *db.Session, e registered) error {
	if !g.works {
		return errors.New("no gifts\nare left")
	}
	_, err := s.Exec(ctx, "INSERT INTO notes (text) VALUES ($1)", "a gift for "+e.Name)
	return err
}

func register(ctx context.Context, d *db.DB, name string) error {
	return d.Do(ctx, func(ctx context.Context, s *db.Session) error { return events.Publish(ctx, s, registered{name}) })
}

func TestEvents(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		g := new(gifts)
		a := app.New(app.Config{Name: "shop", DB: d, Migrations: migrations, Logger: quiet})
		a.Register(people{}, g)
		if _, err := a.Handler(); err != nil {
			t.Fatal(err)
		}
		if got := run(t, a, "migrate", "status"); !strings.Contains(got, "jobs: ") {
			t.Errorf("the tables of the queue are not migrated:\n%s", got)
		}
		if got := run(t, a, "events", "list"); got != "every event is delivered\n" {
			t.Errorf("listed:\n%s", got)
		}
		for _, name := range []string{"Ada", "Eve"} {
			if err := register(t.Context(), d, name); err != nil {
				t.Fatal(err)
			}
		}
		if err := a.Workers().RunDue(t.Context(), d); err == nil {
			t.Error("delivered without gifts")
		}
		times := regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ`)
		golden(t, "events.txt", times.ReplaceAllString(run(t, a, "events", "list", "--failing"), "2026-11-27 12:00:00Z"))
		var list []events.Delivery
		if err := json.Unmarshal([]byte(run(t, a, "events", "list", "--json")), &list); err != nil || len(list) != 2 || list[1].Subscriber != "gifts.welcome" {
			t.Fatalf("%v: %+v", err, list)
		}

		g.works = true
		if err := a.Run(t.Context(), []string{"events", "deliver", "3", "77"}, io.Discard); err == nil || !strings.Contains(err.Error(), "delivery 77: it is not in the queue") {
			t.Errorf("delivered what is not there: %v", err)
		}
		jobstest.Run(t, d, a.Workers())
		if err := json.Unmarshal([]byte(run(t, a, "events", "list", "--failing", "--json")), &list); err != nil || len(list) != 2 {
			t.Errorf("half done: %v: %+v", err, list)
		}
		run(t, a, "events", "deliver", "4")
		jobstest.Run(t, d, a.Workers())
		if got := run(t, a, "events", "deliver"); !strings.HasPrefix(got, "1 to be delivered again") {
			t.Error(got)
		}
		jobstest.Run(t, d, a.Workers())
		if got := run(t, a, "events", "list"); got != "every event is delivered\n" {
			t.Errorf("listed:\n%s", got)
		}
	}, jobs.Migrations())
}

// Before the first migration the commands say what to do.
func TestEventsBeforeMigrations(t *testing.T) {
	t.Parallel()
	d := dbtest.SQLite(t, nil)
	a := app.New(app.Config{Name: "shop", DB: d, Migrations: migrations, Logger: quiet})
	a.Register(people{})
	err := a.Run(t.Context(), []string{"events", "list"}, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "go run . migrate up") {
		t.Errorf("the error is %v", err)
	}
}

// An application says everything that is wrong with its events and workers before
// it serves.
func TestEventsRefused(t *testing.T) {
	t.Parallel()
	w := jobs.NewWorkers()
	jobs.Add(w, func(context.Context, *db.DB, *jobs.Job[hopeless]) error { return nil })
	a := app.New(app.Config{DB: dbtest.SQLite(t, nil), Logger: quiet, Workers: w})
	a.Register(new(gifts))
	_, err := a.Handler()
	for _, want := range []string{"gifts.welcome subscribes to users.registered, which nobody declares", "takes a *db.DB, so a job may be run twice"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q: %v", want, err)
		}
	}
}

func TestNoEvents(t *testing.T) {
	t.Parallel()
	a := newApp(app.Config{DB: dbtest.SQLite(t, nil), Logger: quiet})
	if err := a.Run(t.Context(), []string{"events", "list"}, io.Discard); err == nil {
		t.Error("an application without events has the command")
	}
	if a.Workers() != nil {
		t.Error("it has workers")
	}
}
