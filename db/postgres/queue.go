package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/terem-go/terem/db"
)

// limits say how long units may wait for a connection.
type limits struct {
	maxWaiting int
	maxWait    time.Duration
}

// queue stands before a pool, which has no limit to waiting of its own: it lets
// as many units in as there are connections, first come, first served, and
// refuses those that would wait for too long.
type queue struct {
	limits
	what    string // what is waited for
	places  int64
	free    *semaphore.Weighted
	waiting atomic.Int64
	closed  atomic.Bool
}

func newQueue(what string, places int32, l limits) *queue {
	return &queue{limits: l, what: what, places: int64(places), free: semaphore.NewWeighted(int64(places))}
}

var errClosed = errors.New("postgres: the database is closed")

// enter waits for a place. It returns an error of class Busy, Unreachable after
// drain, or Canceled.
func (q *queue) enter(ctx context.Context) error {
	if q.closed.Load() {
		return &db.Error{Class: db.Unreachable, Err: errClosed}
	}
	if q.free.TryAcquire(1) {
		return nil
	}
	defer q.waiting.Add(-1)
	if n := q.waiting.Add(1); n > int64(q.maxWaiting) {
		return q.busy("%d units are waiting for %s already (max_waiting)", q.maxWaiting, q.what)
	}
	limited, cancel := context.WithTimeout(ctx, q.maxWait)
	defer cancel()
	if err := q.free.Acquire(limited, 1); err != nil {
		if ended := ctx.Err(); ended != nil {
			return &db.Error{Class: db.Canceled, Err: ended}
		}
		return q.busy("waited %v for %s (max_wait)", q.maxWait, q.what)
	}
	return nil
}

// leave gives the place to who waits for longest.
func (q *queue) leave() { q.free.Release(1) }

func (q *queue) busy(format string, args ...any) error {
	return &db.Error{Class: db.Busy, Err: fmt.Errorf("postgres: "+format, args...)}
}

// drain waits until nobody is inside, and keeps everybody out from then on. It
// reports false if ctx ends first.
func (q *queue) drain(ctx context.Context) bool {
	q.closed.Store(true)
	return q.free.Acquire(ctx, q.places) == nil
}
