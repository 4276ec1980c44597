package sqlite

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/terem-go/terem/db"
)

// queue lets a number of units in at a time, first come, first served, and
// refuses those that would wait for too long.
type queue struct {
	what    string // what is waited for
	places  int64
	free    *semaphore.Weighted
	waiting atomic.Int64
	closed  atomic.Bool
	settings
}

func newQueue(what string, places int, s settings) *queue {
	return &queue{what: what, places: int64(places), free: semaphore.NewWeighted(int64(places)), settings: s}
}

// enter waits for a place, for as long as wait. It returns an error of class
// Busy or the context's.
func (q *queue) enter(ctx context.Context, wait time.Duration) error {
	if q.free.TryAcquire(1) {
		return nil
	}
	if q.closed.Load() {
		return errors.New("sqlite: the database is closed")
	}
	defer q.waiting.Add(-1)
	if n := q.waiting.Add(1); n > int64(q.maxWaiting) {
		return q.busy("%d units are waiting for %s already (max_waiting)", q.maxWaiting, q.what)
	}
	limited, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	if err := q.free.Acquire(limited, 1); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return q.busy("waited %v for %s (max_wait)", wait, q.what)
	}
	return nil
}

// leave gives the place to who waits for longest.
func (q *queue) leave() { q.free.Release(1) }

func (q *queue) busy(format string, args ...any) error {
	return &db.Error{Class: db.Busy, Err: fmt.Errorf("sqlite: "+format, args...)}
}

// drain waits until nobody is inside, and keeps everybody out from then on. It
// reports false if that takes longer than limit.
func (q *queue) drain(limit time.Duration) bool {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	q.closed.Store(true)
	return q.free.Acquire(ctx, q.places) == nil
}
