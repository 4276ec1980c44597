package processtest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
)

// Tally counts what became of the requests of many clients. Its zero value is
// usable, by many goroutines.
type Tally struct {
	mu       sync.Mutex
	answered map[string]bool // by X-Request-Id
	statuses map[int]int
	failures map[Failure]int
}

// Note takes down what became of a request, and reports whether the server still
// accepts connections.
func (a *Tally) Note(r Response, err error) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.answered == nil {
		a.answered, a.statuses, a.failures = map[string]bool{}, map[int]int{}, map[Failure]int{}
	}
	if err != nil {
		var f Failure
		errors.As(err, &f)
		a.failures[f]++
		return f != Refused
	}
	a.statuses[r.Status]++
	a.answered[r.Header.Get("X-Request-Id")] = true
	return true
}

// String returns how many answers there were of each status, and how many
// failures of each kind.
func (a *Tally) String() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return fmt.Sprintf("answers %v, failures %v", a.statuses, a.failures)
}

// Complete reports an error unless the requests that the server has begun are
// those that were answered, and no answer was cut off.
func (a *Tally) Complete(t testing.TB, begun []string) {
	t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	known := map[string]bool{}
	for _, id := range begun {
		known[id] = true
		if !a.answered[id] {
			t.Errorf("the server began the request %s, and no client has an answer", id)
		}
	}
	for id := range a.answered {
		if !known[id] {
			t.Errorf("a client has the answer to %s, which the server's log does not know", id)
		}
	}
	if n := a.failures[Cut] + a.failures[Silent]; n > 0 {
		t.Errorf("%d answers were cut off or did not come: %v", n, a.failures)
	}
}
