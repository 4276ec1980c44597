package events_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/events"
	"github.com/terem-go/terem/events/eventstest"
	"github.com/terem-go/terem/jobs"
	"github.com/terem-go/terem/jobs/jobstest"
)

func TestDelivered(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		r := new(events.Registry)
		events.Declare[Registered](r)
		events.Declare[Shipped](r) // without subscribers
		at := time.Date(2026, 11, 27, 12, 0, 0, 123456789, time.UTC)
		events.Subscribe(r, "a.first", func(ctx context.Context, s *db.Session, e Registered) error {
			if !e.At.Equal(at) {
				t.Errorf("got %+v", e)
			}
			return note(ctx, s, "first: "+e.Name)
		})
		events.Subscribe(r, "b.second", noting("second"))
		must(t, r.Check())
		publish(t, d, Registered{"Ada", at}, Shipped{}, Registered{"Eve", at})
		if got := notes(t, d); len(got) > 0 {
			t.Errorf("delivered before the jobs ran: %v", got)
		}
		jobstest.Run(t, d, r.Workers())
		if diff := cmp.Diff([]string{"first: Ada", "first: Eve", "second: Ada", "second: Eve"}, notes(t, d)); diff != "" {
			t.Errorf("delivered (-want +got):\n%s", diff)
		}
		if got := undelivered(t, d, false); len(got) > 0 {
			t.Errorf("not delivered: %+v", got)
		}
	})
}

// An event exists exactly when what else its session wrote does.
func TestPublish(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		r := new(events.Registry)
		events.Declare[Registered](r)
		events.Subscribe(r, "a.first", noting("first"))
		both := func(end error) func(context.Context, *db.Session) error {
			return func(ctx context.Context, s *db.Session) error {
				err := errors.Join(note(ctx, s, "published"), events.Publish(ctx, s, Registered{Name: "Ada"}))
				if err != nil || end == nil {
					return err
				}
				if got := eventstest.Published[Registered](t, s); !slices.Equal(got, []Registered{{Name: "Ada"}}) {
					t.Errorf("the session has published %+v", got)
				}
				return end
			}
		}
		if err := d.Do(t.Context(), both(errOnPurpose)); !errors.Is(err, errOnPurpose) {
			t.Fatal(err)
		}
		jobstest.Run(t, d, r.Workers())
		if got := notes(t, d); len(got) > 0 {
			t.Errorf("after a rollback there are %v", got)
		}
		dbtest.Retry(d)
		must(t, d.Do(t.Context(), both(nil)))
		jobstest.Run(t, d, r.Workers())
		if diff := cmp.Diff([]string{"first: Ada", "published"}, notes(t, d)); diff != "" {
			t.Errorf("rows (-want +got):\n%s", diff)
		}
	})
}

// broken cannot be encoded.
type broken struct{ C chan int }

func (broken) EventName() string { return "broken" }

func TestPublishFails(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
			_ = events.Publish(ctx, s, broken{})
			return nil
		})
		if !errors.Is(err, db.ErrSwallowed) {
			t.Errorf("the session ended with %v", err)
		}
	})
}

// To publish takes one statement, however many subscribers there are, and on
// SQLite another one now and then, which wakes workers. To hand an event out takes
// one more for each job that does so.
func TestStatements(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		want := map[db.Dialect]int{db.Postgres: 1, db.SQLite: 2}[d.Dialect()]
		for _, n := range []int{1, 50} {
			r := new(events.Registry)
			events.Declare[Registered](r)
			for i := range n {
				events.Subscribe(r, fmt.Sprint("a.subscriber_", i), noting(fmt.Sprint(i)))
			}
			must(t, r.Check())
			dbtest.Watch(d, func() { publish(t, d, Registered{Name: "Ada"}) }).AtMost(t, want)
			dbtest.Watch(d, func() { publish(t, d, Registered{Name: "Eve"}, Registered{Name: "Bob"}) }).AtMost(t, want)
			before := len(notes(t, d))
			jobstest.Run(t, d, r.Workers())
			if got := len(notes(t, d)) - before; got != 3*n {
				t.Errorf("delivered to %d of %d", got, n)
			}
		}
	})
}

// A client delivers events as it runs jobs, and observers see them as such.
func TestClient(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		r := new(events.Registry)
		events.Declare[Registered](r)
		events.Subscribe(r, "a.first", noting("first"))
		events.Subscribe(r, "b.second", noting("second"))
		o := witness(make(chan string, 100))
		c, err := jobs.New(d, r.Workers(), jobs.Config{Observers: []jobs.Observer{o}})
		must(t, err)
		must(t, c.Start(t.Context()))
		publish(t, d, Registered{Name: "Ada"})
		var seen []string
		for range 3 {
			seen = append(seen, <-o)
		}
		slices.Sort(seen)
		if diff := cmp.Diff([]string{"deliver:a.first worked", "deliver:b.second worked", "publish:users.registered worked"}, seen); diff != "" {
			t.Errorf("observed (-want +got):\n%s", diff)
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 10*time.Second)
		defer cancel()
		must(t, c.Stop(ctx))
		if diff := cmp.Diff([]string{"first: Ada", "second: Ada"}, notes(t, d)); diff != "" {
			t.Errorf("delivered (-want +got):\n%s", diff)
		}
	})
}

// A program that does not know an event says so in words about events.
func TestUnknownToAClient(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		r := new(events.Registry)
		events.Declare[Registered](r)
		c, err := jobs.New(d, r.Workers(), jobs.Config{})
		must(t, err)
		publish(t, d, Shipped{}) // which is not declared here
		must(t, c.Start(t.Context()))
		var got []events.Delivery
		for deadline := time.Now().Add(20 * time.Second); len(got) == 0 && time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
			got = undelivered(t, d, true)
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 10*time.Second)
		defer cancel()
		must(t, c.Stop(ctx))
		if len(got) != 1 || got[0].Error != "this program declares no such event" {
			t.Errorf("not delivered: %+v", got)
		}
	})
}

// witness is an observer that tells of every run that has ended.
type witness chan string

func (w witness) Begin(ctx context.Context, _ *jobs.Run) context.Context { return ctx }
func (w witness) End(_ context.Context, r *jobs.Run)                     { w <- r.Kind + " " + r.Outcome.String() }

// A subscriber that fails is tried again alone, and what it wrote before is rolled
// back.
func TestSubscriberFails(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		works := false
		r := new(events.Registry)
		events.Declare[Registered](r)
		events.Subscribe(r, "a.first", noting("first"))
		events.Subscribe(r, "b.second", func(ctx context.Context, s *db.Session, e Registered) error {
			if err := note(ctx, s, "second: "+e.Name); err != nil || works {
				return err
			}
			return errOnPurpose
		})
		events.Subscribe(r, "c.third", noting("third"))
		publish(t, d, Registered{Name: "Ada"})
		if got := undelivered(t, d, false); len(got) != 1 || got[0].Event != "users.registered" || got[0].Subscriber != "" || got[0].State != events.Waiting {
			t.Errorf("not delivered: %+v", got)
		}
		if err := r.Workers().RunDue(t.Context(), d); !errors.Is(err, errOnPurpose) {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"first: Ada", "third: Ada"}, notes(t, d)); diff != "" {
			t.Errorf("rows (-want +got):\n%s", diff)
		}
		got := undelivered(t, d, true)
		if len(got) != 1 || got[0].DueAt.Before(time.Now().Add(-time.Minute)) {
			t.Fatalf("not delivered: %+v", got)
		}
		failed := got[0].ID
		want := events.Delivery{ID: failed, Event: "users.registered", Subscriber: "b.second", State: events.Failed, Attempt: 1, MaxAttempts: 25,
			DueAt: got[0].DueAt, Error: "failed on purpose"}
		if diff := cmp.Diff(want, got[0]); diff != "" {
			t.Errorf("not delivered (-want +got):\n%s", diff)
		}

		works = true
		deliver := func(id int64) error {
			return d.Do(t.Context(), func(ctx context.Context, s *db.Session) error { return events.Deliver(ctx, s, id) })
		}
		must(t, deliver(failed))
		jobstest.Run(t, d, r.Workers())
		if diff := cmp.Diff([]string{"first: Ada", "second: Ada", "third: Ada"}, notes(t, d)); diff != "" {
			t.Errorf("rows (-want +got):\n%s", diff)
		}
		for _, id := range []int64{failed, failed + 100} {
			if err := deliver(id); !errors.Is(err, jobs.ErrNotWaiting) {
				t.Errorf("delivered again: %v", err)
			}
		}
	})
}
