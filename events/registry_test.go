package events_test

import (
	"context"
	"strings"
	"testing"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/events"
	"github.com/terem-go/terem/jobs"
)

// Other is another event with the name of Registered.
type Other struct{}

func (Other) EventName() string { return "users.registered" }

type nameless struct{}

func (nameless) EventName() string { return "" }

func nothing[E events.Event](context.Context, *db.Session, E) error { return nil }

func TestCheck(t *testing.T) {
	t.Parallel()
	for want, register := range map[string]func(r *events.Registry){
		"events_test.Registered and events_test.Other are both named users.registered": func(r *events.Registry) {
			events.Declare[Registered](r)
			events.Declare[Other](r)
		},
		"an event is declared once": func(r *events.Registry) {
			events.Declare[Registered](r)
			events.Declare[Registered](r)
		},
		"two subscribers are named a.first, of users.registered and of orders.shipped": func(r *events.Registry) {
			events.Declare[Registered](r)
			events.Declare[Shipped](r)
			events.Subscribe(r, "a.first", nothing[Registered])
			events.Subscribe(r, "a.first", nothing[Shipped])
		},
		"a.first subscribes to users.registered, which nobody declares": func(r *events.Registry) {
			events.Subscribe(r, "a.first", nothing[Registered])
		},
		"a.first subscribes to users.registered as a events_test.Other, which is declared as a events_test.Registered": func(r *events.Registry) {
			events.Declare[Registered](r)
			events.Subscribe(r, "a.first", nothing[Other])
		},
		"*events_test.Registered cannot be an event": func(r *events.Registry) { events.Declare[*Registered](r) },
		`events_test.nameless is named ""`:           func(r *events.Registry) { events.Declare[nameless](r) },
		`is named "no spaces"`: func(r *events.Registry) {
			events.Declare[Registered](r)
			events.Subscribe(r, "no spaces", nothing[Registered])
		},
	} {
		r := new(events.Registry)
		register(r)
		if err := r.Check(); err == nil || !strings.Contains(err.Error(), want) || r.Empty() {
			t.Errorf("for %q the error is %v", want, err)
		}
	}
	if r := new(events.Registry); r.Check() != nil || !r.Empty() {
		t.Error("a registry without anything is wrong")
	}
}

// A subscriber's options are checked with its worker.
func TestOptions(t *testing.T) {
	t.Parallel()
	r := new(events.Registry)
	events.Declare[Registered](r)
	events.Subscribe(r, "a.first", nothing[Registered], jobs.Timeout(-1))
	if err := r.Workers().Check(); err == nil || !strings.Contains(err.Error(), "a.first") {
		t.Errorf("the error is %v", err)
	}
}

// An event or a subscriber that the program does not know is not lost.
func TestUnknown(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		r := new(events.Registry)
		events.Declare[Registered](r)
		events.Subscribe(r, "a.first", noting("first"))
		publish(t, d, Registered{Name: "Ada"}, Shipped{})

		other := new(events.Registry)
		events.Declare[Shipped](other)
		err := other.Workers().RunDue(t.Context(), d)
		if err == nil || !strings.Contains(err.Error(), "no worker of this program runs publish:users.registered") {
			t.Errorf("the error is %v", err)
		}
		left := undelivered(t, d, true)
		if len(left) != 1 || left[0].Event != "users.registered" {
			t.Fatalf("not delivered: %+v", left)
		}
		must(t, d.Do(t.Context(), func(ctx context.Context, s *db.Session) error { return events.Deliver(ctx, s, left[0].ID) }))
		if err := r.Workers().RunDue(t.Context(), d); err != nil {
			t.Error(err)
		}
		if got := notes(t, d); len(got) != 1 {
			t.Errorf("delivered: %v", got)
		}
	})
}
