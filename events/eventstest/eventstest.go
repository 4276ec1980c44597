// Package eventstest looks at the events that a test has published. What runs
// their subscribers is jobstest.Run with the workers of the application.
//
//	registered := eventstest.Published[users.Registered](t, session)
//	jobstest.Run(t, d, a.Workers())
package eventstest

import (
	"encoding/json"
	"testing"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/events"
	"github.com/terem-go/terem/jobs/jobstest"
)

// Published returns the events of the type E that have yet to be handed out to
// their subscribers, in the order in which they were published: all that q sees,
// those of the session's own included if it is one.
func Published[E events.Event](t testing.TB, q db.Querier) []E {
	t.Helper()
	var list []E
	for _, p := range jobstest.Enqueued[published[E]](t, q) {
		list = append(list, p.Event)
	}
	return list
}

// published are the arguments of the job that package events enqueues for an
// event.
type published[E events.Event] struct{ Event E }

var _ json.Unmarshaler = (*published[events.Event])(nil)

// Kind implements jobs.Args.
func (p published[E]) Kind() string { return "publish:" + p.Event.EventName() }

// UnmarshalJSON implements json.Unmarshaler.
func (p *published[E]) UnmarshalJSON(data []byte) error { return json.Unmarshal(data, &p.Event) }
