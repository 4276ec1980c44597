package dbtest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/terem-go/terem/db"
)

// Sent is what units of work have sent to a database.
type Sent struct {
	Sessions   int      // that have sent something
	Readers    int      // that have sent something
	Statements []string // unit by unit, without BEGIN, COMMIT and ROLLBACK

	// RoundTrips is how often PostgreSQL was waited for: once for each statement
	// and batch, and once for COMMIT or ROLLBACK, while BEGIN and the savepoint of
	// Nested come with the next statement. Not counted are preparing a statement when
	// a connection gets it first, and undoing a part in Nested. There are none on
	// SQLite.
	RoundTrips int

	list strings.Builder
}

// Watch returns what units of work of d send that begin and end while f runs.
// Attempts that Retry has made fail do not count.
//
//	sent := dbtest.Watch(d, func() { c.Get("/api/orders?size=50").Expect(200) })
//	sent.AtMost(t, 2)
func Watch(d *db.DB, f func()) *Sent {
	w := &watcher{trips: 1, attempts: map[*db.Attempt]*unit{}}
	if d.Dialect() == db.SQLite {
		w.trips = 0
	}
	d.Observe(w)
	f()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over = true
	return &w.sent
}

// AtMost fails the test, and lists the statements, if there are more than n.
func (s *Sent) AtMost(t testing.TB, n int) {
	t.Helper()
	if len(s.Statements) > n {
		t.Errorf("want at most %d statements, %d were sent:\n%s", n, len(s.Statements), s)
	}
}

// String lists the statements of each unit.
func (s *Sent) String() string { return s.list.String() }

// watcher is an observer that writes down what is sent.
type watcher struct {
	trips int // for what is sent once

	mu       sync.Mutex
	over     bool
	attempts map[*db.Attempt]*unit // under way
	sent     Sent
}

// unit is what a unit of work has sent.
type unit struct {
	statements []string
	trips      int
}

var _ db.Observer = (*watcher)(nil)

func (w *watcher) Begin(ctx context.Context, a *db.Attempt) context.Context {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.over {
		w.attempts[a] = &unit{}
	}
	return ctx
}

func (w *watcher) Before(ctx context.Context, a *db.Attempt) (context.Context, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if u := w.attempts[a]; u != nil {
		if a.SQL != db.Savepoint && a.SQL != db.Release {
			u.trips += w.trips
		}
		if a.SQL != "COMMIT" && a.SQL != "ROLLBACK" {
			u.statements = append(u.statements, strings.Join(strings.Fields(a.SQL), " "))
		}
	}
	return ctx, nil
}

func (w *watcher) After(context.Context, *db.Attempt, error) {}

func (w *watcher) End(_ context.Context, a *db.Attempt) {
	w.mu.Lock()
	defer w.mu.Unlock()
	u := w.attempts[a]
	delete(w.attempts, a)
	if w.over || u == nil || a.Refused || len(u.statements) == 0 {
		return
	}
	w.sent.add(a, u)
}

// add adds what a unit has sent, and lists it. A statement that is sent many
// times together, as in a loop, is listed once.
func (s *Sent) add(a *db.Attempt, u *unit) {
	kind := "reader"
	if a.Writes {
		s.Sessions++
		kind = "session"
	} else {
		s.Readers++
	}
	s.Statements = append(s.Statements, u.statements...)
	s.RoundTrips += u.trips
	fmt.Fprintf(&s.list, "  %s, %s:\n", kind, a.Outcome)
	for i, n := 0, 0; i < len(u.statements); i += n {
		for n = 1; i+n < len(u.statements) && u.statements[i+n] == u.statements[i]; n++ {
		}
		times := ""
		if n > 1 {
			times = fmt.Sprintf("%d times ", n)
		}
		fmt.Fprintf(&s.list, "    %s%s\n", times, u.statements[i])
	}
}
