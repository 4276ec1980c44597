package events

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/riverqueue/river/rivertype"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/jobs"
)

// Delivery is an event on its way: to all of its subscribers, or to one.
type Delivery struct {
	ID          int64     `json:"id"` // of its job, for Deliver
	Event       string    `json:"event"`
	Subscriber  string    `json:"subscriber,omitempty"` // "" until the event is handed out to all
	State       State     `json:"state"`
	Attempt     int       `json:"attempt"` // how often it was tried
	MaxAttempts int       `json:"max_attempts"`
	DueAt       time.Time `json:"due_at"`          // when it is tried next, or was tried last
	Error       string    `json:"error,omitempty"` // of the last attempt
}

// State is how far a delivery has come.
type State string

// The states of a delivery that is not done.
const (
	Waiting   State = "waiting" // to be tried first, or to be tried now
	Running   State = "running"
	Failed    State = "failed"    // it is tried again at DueAt
	GivenUp   State = "given up"  // it has failed too often; it is forgotten after a week
	Cancelled State = "cancelled" // by jobs.Cancel; it is forgotten after a day
)

// Failing reports whether the delivery has come to nothing so far.
func (s State) Failing() bool { return s == Failed || s == GivenUp || s == Cancelled }

// states are the states of a delivery by those of its job.
var states = map[string]State{
	"available": Waiting, "pending": Waiting, "scheduled": Waiting, "running": Running,
	"retryable": Failed, "discarded": GivenUp, "cancelled": Cancelled,
}

// Most is how many deliveries Undelivered returns at most.
const Most = 1000

// Undelivered returns the deliveries that are not done, the oldest first, and
// Most of them at most. With failing it leaves out those that have not failed.
func Undelivered(ctx context.Context, q db.Querier, failing bool) ([]Delivery, error) {
	lastError, state := "errors[array_upper(errors, 1)]->>'error'", "state::text"
	if q.Dialect() == db.SQLite {
		lastError, state = "errors->>'$[#-1].error'", "state"
	}
	in := "'retryable', 'discarded', 'cancelled'"
	if !failing {
		in += ", 'available', 'pending', 'scheduled', 'running'"
	}
	rows, err := q.Query(ctx, "SELECT id, kind, coalesce(args->>'event', ''), "+state+", attempt, max_attempts, scheduled_at, coalesce("+lastError+", '')"+
		" FROM river_job WHERE state IN ("+in+") AND (kind LIKE 'publish:%' OR kind LIKE 'deliver:%') ORDER BY id LIMIT $1", Most)
	if err != nil {
		return nil, fmt.Errorf("events: %w", err)
	}
	defer rows.Close()
	var list []Delivery
	for rows.Next() {
		var d Delivery
		var kind, state string
		if err := rows.Scan(&d.ID, &kind, &d.Event, &state, &d.Attempt, &d.MaxAttempts, &d.DueAt, &d.Error); err != nil {
			return nil, fmt.Errorf("events: %w", err)
		}
		d.State = states[state]
		d.Error, _, _ = strings.Cut(d.Error, jobs.StackFollows)
		unknown := "this program has no such subscriber"
		if event, ok := strings.CutPrefix(kind, publishes); ok {
			d.Event = event // what its arguments have is the event's own
			unknown = "this program declares no such event"
		} else {
			d.Subscriber = strings.TrimPrefix(kind, delivers)
		}
		if d.Error == (&rivertype.UnknownJobKindError{Kind: kind}).Error() {
			d.Error = unknown
		}
		list = append(list, d)
	}
	return list, rows.Err()
}

// Deliver has deliveries be tried again at once, and one more time at least. If
// one of them is done, runs at this moment, or is not there, that is an error,
// and the session should end with it.
func Deliver(ctx context.Context, s *db.Session, ids ...int64) error {
	for _, id := range ids {
		var kind string
		err := s.QueryRow(ctx, "SELECT kind FROM river_job WHERE id = $1", id).Scan(&kind)
		switch {
		case errors.Is(err, db.ErrNoRows):
			err = jobs.ErrNotWaiting
		case err == nil && !strings.HasPrefix(kind, publishes) && !strings.HasPrefix(kind, delivers):
			err = fmt.Errorf("it is a job of %s and not of an event", kind)
		case err == nil:
			err = jobs.Retry(ctx, s, id)
		}
		if err != nil {
			return fmt.Errorf("events: delivery %d: %w", id, err)
		}
	}
	return nil
}
