package fifo_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/fifo"
)

const limit = 20 * time.Second

var errClosed = errors.New("closed")

func queue(places, maxWaiting int) *fifo.Queue {
	return &fifo.Queue{Engine: "test", What: "a place", Places: places, MaxWaiting: maxWaiting, Closed: errClosed}
}

// enter enters and fails the test if that is refused.
func enter(t testing.TB, q *fifo.Queue) {
	t.Helper()
	if err := q.Enter(t.Context(), limit, false); err != nil {
		t.Error(err)
	}
}

// until waits for a number of units to wait.
func until(t testing.TB, q *fifo.Queue, waiting int) {
	t.Helper()
	for start := time.Now(); q.Waiting() != waiting; time.Sleep(time.Millisecond) {
		if time.Since(start) > limit {
			t.Fatalf("%d wait, want %d", q.Waiting(), waiting)
		}
	}
}

func TestNoMoreThanPlaces(t *testing.T) {
	t.Parallel()
	q := queue(3, 1000)
	var inside, most atomic.Int64
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			for range 500 {
				enter(t, q)
				if n := inside.Add(1); n > most.Load() {
					most.Store(n)
				}
				inside.Add(-1)
				q.Leave()
			}
		})
	}
	all.Wait()
	if most.Load() > 3 || q.Waiting() != 0 {
		t.Errorf("%d were inside, %d still wait", most.Load(), q.Waiting())
	}
}

func TestFirstComeFirstServed(t *testing.T) {
	t.Parallel()
	q := queue(1, 1000)
	enter(t, q)
	gone, leave := context.WithCancel(t.Context())
	var turns []int // by who has the place
	var all sync.WaitGroup
	for who := range 10 {
		all.Go(func() {
			ctx := t.Context()
			if who%3 == 0 {
				ctx = gone
			}
			if err := q.Enter(ctx, limit, false); err != nil {
				return
			}
			turns = append(turns, who)
			q.Leave()
		})
		until(t, q, who+1)
	}
	leave()
	until(t, q, 6)
	q.Leave()
	all.Wait()
	if want := []int{1, 2, 4, 5, 7, 8}; !slices.Equal(turns, want) {
		t.Errorf("turns %v, want %v", turns, want)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	q := queue(1, 1)
	enter(t, q)
	if err := q.Enter(t.Context(), time.Millisecond, false); db.ClassOf(err) != db.Busy || !strings.Contains(err.Error(), "test: waited 1ms for a place (max_wait)") {
		t.Errorf("too long: %v", err)
	}
	ended, end := context.WithCancel(t.Context())
	result := make(chan error, 1)
	go func() { result <- q.Enter(ended, limit, false) }()
	until(t, q, 1)
	if err := q.Enter(t.Context(), limit, false); db.ClassOf(err) != db.Busy || !strings.Contains(err.Error(), "test: 1 units are waiting for a place already (max_waiting)") {
		t.Errorf("too many: %v", err)
	}
	end()
	if err := <-result; !errors.Is(err, context.Canceled) {
		t.Errorf("after the end of the context: %v", err)
	}
	q.Leave()
	enter(t, q) // nobody has kept the place
}

// ending is a context that ends when its channel is closed, and does nothing else
// then, so that what follows comes before anybody wakes up.
type ending struct {
	context.Context
	done chan struct{}
}

func (e ending) Done() <-chan struct{} { return e.done }
func (e ending) Err() error            { return context.Canceled }

// A place that is given at the moment when the unit gives up is not lost.
func TestNoPlaceIsLost(t *testing.T) {
	t.Parallel()
	q := queue(1, 1000)
	for range 200 {
		enter(t, q)
		ctx := ending{t.Context(), make(chan struct{})}
		result := make(chan error, 1)
		go func() { result <- q.Enter(ctx, limit, false) }()
		until(t, q, 1)
		close(ctx.done)
		q.Leave()
		if <-result == nil {
			q.Leave()
		}
		if n := q.Waiting(); n != 0 {
			t.Fatalf("%d wait", n)
		}
	}
}

func TestPass(t *testing.T) {
	t.Parallel()
	q := queue(1, 1000)
	enter(t, q)
	if q.Passes() || q.Pass() {
		t.Error("passed to nobody")
	}
	entered := make(chan bool)
	for _, alone := range []bool{false, true} {
		go func() {
			if err := q.Enter(t.Context(), limit, alone); err != nil {
				t.Error(err)
			}
			entered <- alone
		}()
		until(t, q, 1)
		if !alone && (!q.Passes() || !q.Pass() || <-entered) {
			t.Error("not passed to one who waits")
		}
		if alone && (q.Passes() || q.Pass()) {
			t.Error("passed to one who wants to be alone")
		}
	}
	q.Leave()
	if !<-entered {
		t.Error("another one has entered")
	}
}

func TestDrain(t *testing.T) {
	t.Parallel()
	q := queue(1, 1000)
	enter(t, q)
	waited := make(chan error, 1)
	go func() { waited <- q.Enter(t.Context(), limit, false) }()
	until(t, q, 1)
	ended, end := context.WithCancel(t.Context())
	end()
	if q.Drain(ended) {
		t.Error("Drain did not wait")
	}
	if err := q.Enter(t.Context(), limit, false); !errors.Is(err, errClosed) {
		t.Errorf("after Drain: %v", err)
	}
	drained := make(chan bool, 1)
	go func() { drained <- q.Drain(t.Context()) }()
	q.Leave()
	if err := <-waited; err != nil {
		t.Errorf("one that waited: %v", err)
	}
	q.Leave()
	if !<-drained || !q.Drain(ended) {
		t.Error("Drain does not see that all have left")
	}
}

func BenchmarkEnter(b *testing.B) {
	for name, places := range map[string]int{"contended": 1, "free": 1000} {
		b.Run(name, func(b *testing.B) {
			q := queue(places, 1000)
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if err := q.Enter(ctx, limit, false); err != nil {
						b.Error(err)
					}
					q.Leave()
				}
			})
		})
	}
}
