package sqlite

import (
	"container/list"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/terem-go/terem/db"
)

// queue lets a number of units in at a time, first come, first served, and
// refuses those that would wait for too long.
type queue struct {
	settings
	what   string // what is waited for
	places int

	mu      sync.Mutex
	free    int       // places; while there is one, nobody waits
	waiting list.List // of *waiter
	closed  bool
	empty   chan struct{} // closed when the last one has left a closed queue
}

// waiter is a unit that waits for a place.
type waiter struct {
	alone bool
	in    bool          // it was given a place
	turn  chan struct{} // closed then
}

func newQueue(what string, places int, s settings) *queue {
	return &queue{settings: s, what: what, places: places, free: places, empty: make(chan struct{})}
}

// enter waits for a place, for as long as wait. It returns an error of class
// Busy or the context's. It may return nil after the end of the context, since
// whoever is given a place has it. A unit that wants to be alone is given none
// by pass.
func (q *queue) enter(ctx context.Context, wait time.Duration, alone bool) error {
	q.mu.Lock()
	switch {
	case q.closed:
		q.mu.Unlock()
		return q.busy("the database is closed")
	case q.free > 0:
		q.free--
		q.mu.Unlock()
		return nil
	case q.waiting.Len() >= q.maxWaiting:
		q.mu.Unlock()
		return q.busy("%d units are waiting for %s already (max_waiting)", q.maxWaiting, q.what)
	}
	w := &waiter{alone: alone, turn: make(chan struct{})}
	e := q.waiting.PushBack(w)
	q.mu.Unlock()

	limit := time.NewTimer(wait)
	defer limit.Stop()
	var err error
	select {
	case <-w.turn:
		return nil
	case <-ctx.Done():
		err = ctx.Err()
	case <-limit.C:
		err = q.busy("waited %v for %s (max_wait)", wait, q.what)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if w.in {
		return nil
	}
	q.waiting.Remove(e)
	return err
}

// leave gives the place to who waits for longest, or back.
func (q *queue) leave() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.waiting.Len() > 0 {
		q.admit()
		return
	}
	q.free++
	if q.closed && q.free == q.places {
		close(q.empty)
	}
}

// pass gives the place to who waits for longest. It reports false, and keeps
// the place, if nobody waits or that unit wants to be alone.
func (q *queue) pass() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.sociable() {
		return false
	}
	q.admit()
	return true
}

// waits reports whether pass would find somebody.
func (q *queue) waits() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.sociable()
}

func (q *queue) sociable() bool {
	first := q.waiting.Front()
	return first != nil && !first.Value.(*waiter).alone
}

func (q *queue) admit() {
	w := q.waiting.Remove(q.waiting.Front()).(*waiter)
	w.in = true
	close(w.turn)
}

func (q *queue) busy(format string, args ...any) error {
	return &db.Error{Class: db.Busy, Err: fmt.Errorf("sqlite: "+format, args...)}
}

// drain keeps newcomers out and waits until nobody is inside or waiting. It
// reports false if that takes longer than limit.
func (q *queue) drain(limit time.Duration) bool {
	q.mu.Lock()
	q.closed = true
	idle := q.free == q.places
	q.mu.Unlock()
	if idle {
		return true
	}
	patience := time.NewTimer(limit)
	defer patience.Stop()
	select {
	case <-q.empty:
		return true
	case <-patience.C:
		return false
	}
}
