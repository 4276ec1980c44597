package events_test

import (
	"context"
	"errors"
	"testing"
	"testing/fstest"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/events"
	"github.com/terem-go/terem/jobs"
)

// tables has one that subscribers write to.
var tables = fstest.MapFS{
	"sqlite/00001_notes.sql":   {Data: []byte("-- +goose Up\nCREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT NOT NULL);")},
	"postgres/00001_notes.sql": {Data: []byte("-- +goose Up\nCREATE TABLE notes (id bigserial PRIMARY KEY, body text NOT NULL);")},
}

// each runs a test on both engines.
func each(t *testing.T, f func(t *testing.T, d *db.DB)) { dbtest.Each(t, tables, f, jobs.Migrations()) }

// Registered is an event.
type Registered struct {
	Name string    `json:"name"`
	At   time.Time `json:"at"`
}

func (Registered) EventName() string { return "users.registered" }

// Shipped is another one.
type Shipped struct{}

func (Shipped) EventName() string { return "orders.shipped" }

var errOnPurpose = errors.New("failed on purpose")

func note(ctx context.Context, s *db.Session, text string) error {
	_, err := s.Exec(ctx, "INSERT INTO notes (body) VALUES ($1)", text)
	return err
}

// noting is a subscriber that writes down what it got.
func noting(who string) func(context.Context, *db.Session, Registered) error {
	return func(ctx context.Context, s *db.Session, e Registered) error { return note(ctx, s, who+": "+e.Name) }
}

// publish publishes events in a session of their own.
func publish(t *testing.T, d *db.DB, list ...events.Event) {
	t.Helper()
	must(t, d.Do(t.Context(), func(ctx context.Context, s *db.Session) error { return events.Publish(ctx, s, list...) }))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// rows returns what a query of one text returns.
func rows(t *testing.T, d *db.DB, query string) (list []string) {
	t.Helper()
	must(t, d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
		list = nil
		rows, err := r.Query(ctx, query)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var text string
			if err := rows.Scan(&text); err != nil {
				return err
			}
			list = append(list, text)
		}
		return rows.Err()
	}))
	return list
}

func notes(t *testing.T, d *db.DB) []string {
	t.Helper()
	return rows(t, d, "SELECT body FROM notes ORDER BY body")
}

// undelivered returns what is not delivered.
func undelivered(t *testing.T, d *db.DB, failing bool) (list []events.Delivery) {
	t.Helper()
	must(t, d.Read(t.Context(), func(ctx context.Context, r *db.Reader) (err error) {
		list, err = events.Undelivered(ctx, r, failing)
		return err
	}))
	return list
}
