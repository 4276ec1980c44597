//go:build unix

package orders

import (
	"context"
	"fmt"
	"testing/fstest"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
	"github.com/terem-go/terem/events"
	"github.com/terem-go/terem/jobs"
	"github.com/terem-go/terem/mail"
)

// migrations make a table of orders, and one of what has happened to them, without
// a key, so that doubles show.
var migrations = func() fstest.MapFS {
	f := &fstest.MapFile{Data: []byte(`-- +goose Up
CREATE TABLE orders (id TEXT PRIMARY KEY);
CREATE TABLE happened (what TEXT NOT NULL, order_id TEXT NOT NULL);
-- +goose Down
DROP TABLE happened;
DROP TABLE orders;
`)}
	return fstest.MapFS{"sqlite/00001_orders.sql": f, "postgres/00001_orders.sql": f}
}()

// What happens to an order.
const (
	packed  = "packed"  // a job in a session
	charged = "charged" // a job with the database, in a step that happens once
	called  = "called"  // the same job, elsewhere
	stocked = "stocked" // a subscriber of the event
	counted = "counted" // the other one
)

func happened(ctx context.Context, s *db.Session, what, order string) error {
	_, err := s.Exec(ctx, "INSERT INTO happened VALUES ($1, $2)", what, order)
	return err
}

// Placed is the event.
type Placed struct{ ID string }

func (Placed) EventName() string { return "orders.placed" }

// The arguments of the jobs.
type (
	pack    struct{ ID string }
	charge  struct{ ID string }
	confirm struct{ ID string }
)

func (pack) Kind() string    { return "orders.pack" }
func (charge) Kind() string  { return "orders.charge" }
func (confirm) Kind() string { return "orders.confirm" }

// orders is the domain.
type orders struct{}

func (orders) Register(a *app.App) {
	events.Declare[Placed](a.Events())
	for _, what := range []string{stocked, counted} {
		events.Subscribe(a.Events(), "orders."+what, func(ctx context.Context, s *db.Session, e Placed) error {
			return happened(ctx, s, what, e.ID)
		})
	}
	api.Post(a.Router("orders"), "/orders", place, api.Public)
}

// order is what a client sends.
type order struct {
	ID string `json:"id"`
	// End is how the handler ends when it has done everything: by an error, by a
	// panic, or well.
	End string `json:"end" enum:"well,error,panic"`
}

var errRefused = errs.New(errs.Conflict, "orders.refused", "The order is refused.")

func place(ctx context.Context, s *db.Session, in *struct{ Body order }) (*order, error) {
	id := in.Body.ID
	if _, err := s.Exec(ctx, "INSERT INTO orders VALUES ($1)", id); err != nil {
		return nil, err
	}
	for _, job := range []jobs.Args{pack{id}, charge{id}, confirm{id}} {
		if err := jobs.Enqueue(ctx, s, job); err != nil {
			return nil, err
		}
	}
	if err := events.Publish(ctx, s, Placed{id}); err != nil {
		return nil, err
	}
	switch in.Body.End {
	case "error":
		return nil, errRefused.Here()
	case "panic":
		panic("the order is refused")
	}
	return &in.Body, nil
}

func workers(m mail.Sender) *jobs.Workers {
	w := jobs.NewWorkers()
	jobs.Add(w, func(ctx context.Context, s *db.Session, job *jobs.Job[pack]) error {
		return happened(ctx, s, packed, job.Args.ID)
	})
	jobs.Add(w, func(ctx context.Context, d *db.DB, job *jobs.Job[charge]) error {
		err := d.Do(ctx, func(ctx context.Context, s *db.Session) error {
			todo, err := jobs.Once(ctx, s, job, charged)
			if err != nil || !todo {
				return err
			}
			return happened(ctx, s, charged, job.Args.ID)
		})
		if err != nil {
			return err
		}
		return d.Do(ctx, func(ctx context.Context, s *db.Session) error { return happened(ctx, s, called, job.Args.ID) })
	}, jobs.Idempotent("the first step happens once, and the test counts how often the second does"))
	jobs.Add(w, func(ctx context.Context, _ *db.DB, job *jobs.Job[confirm]) error {
		return m.Send(ctx, mail.Message{ID: fmt.Sprint("order-", job.ID), To: []mail.Address{{Address: "ada@example.com"}},
			Subject: job.Args.ID, Text: "Thank you."})
	}, jobs.Idempotent("all attempts send the same Message-ID"))
	return w
}
