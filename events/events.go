// Package events tells the domains of an application what has happened in
// another, which does not know them. An event is published in a session, so it
// exists exactly when what it tells of does. Each subscriber gets it after the
// commit, in a session of its own.
//
//	// users/events.go
//
//	// Registered is published when somebody has registered.
//	type Registered struct {
//		UserID int64 `json:"user_id"`
//	}
//
//	func (Registered) EventName() string { return "users.registered" }
//
//	// in Register of the users domain
//	events.Declare[Registered](a.Events())
//
//	// in a session of the users domain
//	err := events.Publish(ctx, s, Registered{UserID: u.ID})
//
//	// in Register of the orders domain
//	events.Subscribe(a.Events(), "orders.welcome_gift", d.gift) // func(ctx context.Context, s *db.Session, e users.Registered) error
//
// # How an event travels
//
// To publish costs the session one job, however many subscribers there are. After
// the commit that job enqueues one job for each subscriber, in one session. These
// run on their own: one that fails is tried again alone, as package jobs says.
// What a subscriber writes is committed together with the completion of its job,
// so it happens exactly once. Two events may arrive in another order than they
// were published in.
//
// Subscribers are those of the program that runs the first of these jobs. While a
// new version of the program is rolled out, an old one that still works does not
// know of a new subscriber.
package events

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/jobs"
)

// Event is something that has happened: a struct that encoding/json encodes.
// Fields that are added later are zero in events that were published before.
type Event interface {
	// EventName names the sort of event, such as "users.registered". It is stored
	// and must not change while such events wait. It consists of letters, digits
	// and _-./.
	EventName() string
}

// Publish has the session publish events, mostly one. Once the session is
// committed, every subscriber gets them, and nobody does if it is not. It takes
// one statement. If they cannot be published the session fails.
func Publish(ctx context.Context, s *db.Session, list ...Event) error {
	all := make([]published, len(list))
	for i, e := range list {
		all[i] = published{e.EventName(), e}
	}
	if err := jobs.EnqueueMany(ctx, s, all); err != nil {
		return fmt.Errorf("events: %w", err)
	}
	return nil
}

// What the kinds of an event's jobs begin with.
const (
	publishes = "publish:" // and the event's name
	delivers  = "deliver:" // and the subscriber's
)

// published are the arguments of the job that hands an event to its subscribers:
// the event itself.
type published struct {
	name string
	data any
}

// Kind implements jobs.Args.
func (p published) Kind() string { return publishes + p.name }

// MarshalJSON implements json.Marshaler.
func (p published) MarshalJSON() ([]byte, error) { return json.Marshal(p.data) }

// UnmarshalJSON implements json.Unmarshaler.
func (p *published) UnmarshalJSON(data []byte) error {
	p.data = json.RawMessage(slices.Clone(data))
	return nil
}

// delivery are the arguments of the job that hands an event to one subscriber.
type delivery struct {
	subscriber string
	Event      string          `json:"event"`
	Number     int64           `json:"number"` // of the job that published it: the same for all subscribers
	Data       json.RawMessage `json:"data"`
}

// Kind implements jobs.Args.
func (d delivery) Kind() string { return delivers + d.subscriber }
