package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/terem-go/terem/db"
)

// grace is how long the outcome of a COMMIT is asked for that took all its time.
const grace = time.Second

// outcome returns what became of a COMMIT whose answer was lost: nil if it was
// done, class Unreachable if the transaction was rolled back, and otherwise
// class Lost. cause is how it was lost, sent is before it was sent.
func (r *reserve) outcome(ctx context.Context, t transaction, sent time.Time, cause error) error {
	unknown := lost(ctx, cause)
	if !t.id.Valid {
		return unknown
	}
	limit := time.Now().Add(grace)
	if deadline, ok := ctx.Deadline(); ok && deadline.After(limit) {
		limit = deadline
	}
	ctx, cancel := context.WithDeadline(context.WithoutCancel(ctx), limit)
	defer cancel()
	// The server may still be at work, or not know that its client has gone.
	for pause := time.Millisecond; ; pause = min(2*pause, 50*time.Millisecond) {
		status, err := r.ask(ctx, t, sent)
		switch {
		case err != nil:
			unknown.Err = fmt.Errorf("%w; asking for the outcome: %w", unknown.Err, err)
			return unknown
		case status == "committed":
			return nil
		case status == "aborted":
			return &db.Error{Class: db.Unreachable, Err: fmt.Errorf("%w; the server has rolled back", cause)}
		case status != "in progress":
			return unknown
		}
		select {
		case <-ctx.Done():
			return unknown
		case <-time.After(pause):
		}
	}
}

var (
	errNoWitness = errors.New("postgres: no connection is left that was open before COMMIT was sent")
	errPooler    = errors.New("postgres: something between here and the server shares its connections, so that a transaction cannot be told by its number; the outcome could only be asked for directly")
	errRestarted = errors.New("postgres: the server has restarted, or this is another one")
)

// ask asks the server for the status of a transaction, on a connection that was
// open before its COMMIT was sent. A number is not durable before its
// transaction is: after a crash it may be another one's, but no connection
// outlives a crash.
func (r *reserve) ask(ctx context.Context, t transaction, sent time.Time) (string, error) {
	c, err := r.witness(ctx, sent)
	if err != nil {
		return "", err
	}
	defer c.Release()
	var status *string
	var backend uint32
	var server time.Time
	var standbys bool
	err = c.QueryRow(ctx, "SELECT pg_xact_status($1), pg_backend_pid(), pg_postmaster_start_time(), current_setting('synchronous_standby_names') <> ''", t.id).
		Scan(&status, &backend, &server, &standbys)
	switch {
	case err != nil:
		return "", err
	case backend != c.Conn().PgConn().PID():
		return "", errPooler
	case !server.Equal(t.server):
		return "", errRestarted
	case status == nil: // it was too long ago
		return "", nil
	case *status == "committed" && standbys:
		return *status, replicated(ctx, c)
	}
	return *status, nil
}

// witness returns a connection that has been open since before a time.
func (r *reserve) witness(ctx context.Context, sent time.Time) (*pgxpool.Conn, error) {
	if err := r.choosing.enter(ctx); err != nil { // two would wait for each other
		return nil, err
	}
	defer r.choosing.leave()
	for range reserveSize {
		c, err := r.Acquire(ctx)
		if err != nil {
			return nil, err
		}
		if linkOf(c.Conn()).opened.Before(sent) {
			return c, nil
		}
		defer c.Release() // and not before the other one was looked at
	}
	return nil, errNoWitness
}

// replicated waits until the standbys have what was committed so far, by
// committing on c: a COMMIT stops waiting for them when its process is ended,
// and is then done on this server alone.
func replicated(ctx context.Context, c *pgxpool.Conn) error {
	_, _, err := durably(ctx, c.Conn(), "SELECT pg_logical_emit_message(true, 'terem', '')")
	return err
}
