package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/fifo"
)

// limits say how long units may wait for a connection.
type limits struct {
	maxWaiting int
	maxWait    time.Duration
}

// queue stands before a pool, which has no limit to waiting of its own.
type queue struct {
	fifo.Queue
	maxWait time.Duration
}

var errClosed = &db.Error{Class: db.Unreachable, Err: errors.New("postgres: the database is closed")}

func newQueue(what string, places int32, l limits) *queue {
	return &queue{
		Queue:   fifo.Queue{Engine: "postgres", What: what, Places: int(places), MaxWaiting: l.maxWaiting, Closed: errClosed},
		maxWait: l.maxWait,
	}
}

// enter waits for a place. It returns an error of class Busy, Unreachable after
// Drain, or Canceled.
func (q *queue) enter(ctx context.Context) error {
	err := q.Enter(ctx, q.maxWait, false)
	if ended := ctx.Err(); ended != nil && errors.Is(err, ended) {
		return &db.Error{Class: db.Canceled, Err: ended}
	}
	return err
}
