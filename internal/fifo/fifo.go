// Package fifo is the queue in which units of work wait for a connection of
// their engine.
package fifo

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/terem-go/terem/db"
)

// Queue lets a number of units in at a time, first come, first served, and
// refuses those that would wait for too long. Its exported fields are set before
// it is used.
type Queue struct {
	Engine     string // at the beginning of errors
	What       string // that is waited for
	Places     int
	MaxWaiting int   // more are refused
	Closed     error // returned by Enter after Drain

	mu          sync.Mutex
	inside      int // while it is less than Places, nobody waits
	waiting     int
	first, last *waiter
	closed      bool
	empty       chan struct{} // closed when the last one has left a closed queue
}

// waiter is a unit that waits for a place.
type waiter struct {
	alone      bool
	in         bool          // it was given a place
	turn       chan struct{} // gets a value then
	limit      *time.Timer
	prev, next *waiter
}

var waiters = sync.Pool{New: func() any {
	limit := time.NewTimer(time.Hour)
	limit.Stop()
	return &waiter{turn: make(chan struct{}, 1), limit: limit}
}}

// Enter waits for a place, for as long as wait. It returns an error of class
// Busy, Closed or the context's. It may return nil after the end of the context,
// since whoever is given a place has it. A unit that wants to be alone is given
// none by Pass.
func (q *Queue) Enter(ctx context.Context, wait time.Duration, alone bool) error {
	q.mu.Lock()
	switch {
	case q.closed:
		q.mu.Unlock()
		return q.Closed
	case q.inside < q.Places:
		q.inside++
		q.mu.Unlock()
		return nil
	case q.waiting >= q.MaxWaiting:
		q.mu.Unlock()
		return q.busy("%d units are waiting for %s already (max_waiting)", q.MaxWaiting, q.What)
	}
	w := waiters.Get().(*waiter)
	w.alone, w.in = alone, false
	q.push(w)
	q.mu.Unlock()
	err := q.await(ctx, w, wait)
	waiters.Put(w)
	return err
}

func (q *Queue) await(ctx context.Context, w *waiter, wait time.Duration) (err error) {
	w.limit.Reset(wait)
	defer w.limit.Stop()
	select {
	case <-w.turn:
		return nil
	case <-ctx.Done():
		err = ctx.Err()
	case <-w.limit.C:
		err = q.busy("waited %v for %s (max_wait)", wait, q.What)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if w.in {
		<-w.turn
		return nil
	}
	q.remove(w)
	return err
}

// Leave gives the place to who waits for longest, or back.
func (q *Queue) Leave() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.first != nil {
		q.admit()
		return
	}
	q.inside--
	if q.inside == 0 && q.empty != nil {
		close(q.empty)
	}
}

// Pass gives the place to who waits for longest. It reports false, and keeps
// the place, if nobody waits or that unit wants to be alone.
func (q *Queue) Pass() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.sociable() {
		return false
	}
	q.admit()
	return true
}

// Passes reports whether Pass would find somebody.
func (q *Queue) Passes() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.sociable()
}

func (q *Queue) sociable() bool { return q.first != nil && !q.first.alone }

// Waiting returns how many units wait.
func (q *Queue) Waiting() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.waiting
}

// Drain keeps newcomers out and waits until nobody is inside or waiting. It
// reports false if ctx ends first.
func (q *Queue) Drain(ctx context.Context) bool {
	q.mu.Lock()
	q.closed = true
	if q.inside == 0 {
		q.mu.Unlock()
		return true
	}
	if q.empty == nil {
		q.empty = make(chan struct{})
	}
	q.mu.Unlock()
	select {
	case <-q.empty:
		return true
	case <-ctx.Done():
		return false
	}
}

func (q *Queue) admit() {
	w := q.first
	q.remove(w)
	w.in = true
	w.turn <- struct{}{}
}

func (q *Queue) push(w *waiter) {
	q.waiting++
	w.prev, w.next = q.last, nil
	if q.last == nil {
		q.first = w
	} else {
		q.last.next = w
	}
	q.last = w
}

func (q *Queue) remove(w *waiter) {
	q.waiting--
	if w.prev == nil {
		q.first = w.next
	} else {
		w.prev.next = w.next
	}
	if w.next == nil {
		q.last = w.prev
	} else {
		w.next.prev = w.prev
	}
	w.prev, w.next = nil, nil
}

func (q *Queue) busy(format string, args ...any) error {
	return &db.Error{Class: db.Busy, Err: fmt.Errorf(q.Engine+": "+format, args...)}
}
