package events_test

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"os"
	"path/filepath"
	"testing/fstest"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/sqlite"
	"github.com/terem-go/terem/events"
	"github.com/terem-go/terem/jobs"
	"github.com/terem-go/terem/migrate"
)

// Paid is published when an order was paid.
type Paid struct {
	Order int64 `json:"order"`
}

// EventName implements events.Event.
func (Paid) EventName() string { return "orders.paid" }

func Example() {
	ctx := context.Background()
	d, remove := database(ctx)
	defer remove()

	// An application has a registry: app.App.Events returns it.
	var r events.Registry
	events.Declare[Paid](&r)
	events.Subscribe(&r, "stock.reserve", func(ctx context.Context, s *db.Session, e Paid) error {
		_, err := s.Exec(ctx, "INSERT INTO reserved (order_id) VALUES ($1)", e.Order)
		return err
	})
	events.Subscribe(&r, "points.add", func(ctx context.Context, s *db.Session, e Paid) error {
		_, err := s.Exec(ctx, "INSERT INTO points (order_id) VALUES ($1)", e.Order)
		return err
	})
	if err := r.Check(); err != nil {
		log.Fatal(err)
	}

	pay := func(ctx context.Context, s *db.Session) error {
		if _, err := s.Exec(ctx, "INSERT INTO paid (order_id) VALUES ($1)", 7); err != nil {
			return err
		}
		return events.Publish(ctx, s, Paid{Order: 7})
	}
	fmt.Println("paid:", d.Do(ctx, pay) == nil)
	fmt.Println("paid again:", d.Do(ctx, pay) == nil) // and nobody hears of it

	// A client of package jobs runs the workers, or here, once, what is due.
	if err := r.Workers().RunDue(ctx, d); err != nil {
		log.Fatal(err)
	}
	err := d.Read(ctx, func(ctx context.Context, r *db.Reader) error {
		var reserved, points int
		if err := r.QueryRow(ctx, "SELECT (SELECT count(*) FROM reserved), (SELECT count(*) FROM points)").Scan(&reserved, &points); err != nil {
			return err
		}
		fmt.Println("reserved:", reserved, "points:", points)
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	// Output:
	// paid: true
	// paid again: false
	// reserved: 1 points: 1
}

// database returns a new database with the tables of the example and the queue.
func database(ctx context.Context) (*db.DB, func()) {
	dir, err := os.MkdirTemp("", "shop")
	if err != nil {
		log.Fatal(err)
	}
	d, err := db.Open(ctx, "sqlite:"+filepath.Join(dir, "shop.db"), db.Config{}, sqlite.Engine)
	if err != nil {
		log.Fatal(err)
	}
	files := fstest.MapFS{"sqlite/00001_shop.sql": {Data: []byte(`-- +goose Up
CREATE TABLE paid (order_id INTEGER PRIMARY KEY);
CREATE TABLE reserved (order_id INTEGER PRIMARY KEY);
CREATE TABLE points (order_id INTEGER PRIMARY KEY);
`)}}
	m, err := migrate.New(d, files, migrate.Config{Logger: slog.New(slog.DiscardHandler), Sources: []migrate.Source{jobs.Migrations()}})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := m.Up(ctx); err != nil {
		log.Fatal(err)
	}
	return d, func() {
		_ = d.Close(ctx)
		_ = os.RemoveAll(dir)
	}
}
