package postgres

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/terem-go/terem/db"
)

// patience is how long the outcome of a COMMIT is asked for at most: while the
// server cannot be reached, another one takes over, or COMMIT is still under way.
// The deadline of the request ends it sooner, but not before grace.
const (
	patience = 5 * time.Second
	grace    = time.Second
)

// outcome returns what became of a COMMIT whose answer was lost: nil if it was
// done, class Unreachable if the transaction was rolled back, and otherwise
// class Lost. cause is how it was lost.
func (r *reserve) outcome(ctx context.Context, t transaction, cause error) error {
	unknown := lost(ctx, cause)
	if !t.id.Valid {
		return unknown
	}
	wait := patience
	if request := db.UnitOf(ctx); request != nil {
		if deadline, ok := request.Deadline(); ok {
			wait = max(grace, min(wait, time.Until(deadline)))
		}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), wait)
	defer cancel()
	cause = fmt.Errorf("%w; asking for the outcome", unknown.Err)
	for pause := time.Millisecond; ; pause = min(2*pause, 200*time.Millisecond) {
		status, err := r.ask(ctx, t)
		switch {
		case err == nil && status == "committed":
			return nil
		case err == nil && status == "aborted":
			return &db.Error{Class: db.Unreachable, Err: fmt.Errorf("%w: the server has rolled back", cause)}
		case err == nil:
			err = errors.New("postgres: COMMIT is still under way")
		}
		if ctx.Err() == nil { // else it says less than the one before
			unknown.Err = fmt.Errorf("%w: %w", cause, err)
		}
		if errors.Is(err, errUntold) {
			return unknown
		}
		select {
		case <-ctx.Done():
			return unknown
		case <-r.life.Done():
			return unknown
		case <-time.After(pause/2 + rand.N(pause)): // #nosec G404 -- nobody gains by guessing a pause
		}
	}
}

var (
	errNotYet = errors.New("postgres: this server only follows another one")
	errUntold = errors.New("postgres: the server has restarted, or this is another one, and does not tell whether it knows the transaction (with pg_walinspect it would)")
)

// question asks for the life that a server has, and for the status of a
// transaction if that is the same life.
const question = `SELECT pg_is_in_recovery(), pg_postmaster_start_time(), coalesce(pg_last_wal_replay_lsn(), '0/0')::text,
	CASE WHEN NOT pg_is_in_recovery() THEN pg_walfile_name(pg_current_wal_insert_lsn()) END,
	current_setting('synchronous_standby_names') <> '',
	CASE WHEN NOT pg_is_in_recovery() AND pg_postmaster_start_time() = $2 AND coalesce(pg_last_wal_replay_lsn(), '0/0') = $3::text::pg_lsn
	THEN pg_xact_status($1) END`

// ask asks the server for the status of a transaction. A number is not durable
// before its transaction is: after a crash, or on a standby that has taken over,
// it may be another one's.
func (r *reserve) ask(ctx context.Context, t transaction) (string, error) {
	if err := r.questions.enter(ctx); err != nil { // one at a time, so that Ping has a connection
		return "", err
	}
	defer r.questions.leave()
	c, err := r.Acquire(ctx)
	if err != nil {
		return "", err
	}
	defer c.Release()
	var now life
	var follows, standbys bool
	var replayed string
	var file, status *string
	err = c.QueryRow(ctx, question, t.id, t.life.start, formatPosition(t.life.replayed)).
		Scan(&follows, &now.start, &replayed, &file, &standbys, &status)
	switch {
	case err != nil:
		return "", err
	case follows || file == nil:
		return "", errNotYet
	}
	now.replayed, now.timeline = parsePosition(replayed), parseTimeline(*file)
	if !now.same(t.life) {
		if status, err = r.inherited(ctx, c, t, now); err != nil {
			return "", err
		}
	}
	switch {
	case status == nil: // it was too long ago
		return "", errUntold
	case *status == "committed" && standbys:
		return *status, replicated(ctx, c)
	}
	return *status, nil
}

// inherited returns the status of a transaction on a server in a later life, or
// on one that has taken over; nil if that cannot be told.
//
// The log says more than the number. What a server has replayed before it began
// to write its own is all that it has of those before it: if that ends before the
// transaction wrote anything, its COMMIT is not there. If it ends later, the
// transaction may be there, or, when there was a life in between, another one in
// its place. The message of mark tells them apart.
func (r *reserve) inherited(ctx context.Context, c *pgxpool.Conn, t transaction, now life) (status *string, err error) {
	aborted := "aborted"
	switch {
	case now.timeline < t.life.timeline: // neither of those
		return nil, nil
	case now.replayed != 0 && (now.replayed <= t.before || now.replayed < t.marked):
		return &aborted, nil
	case t.marked == 0:
		return nil, nil
	}
	err = c.QueryRow(ctx, `SELECT CASE WHEN EXISTS (
		SELECT FROM pg_get_wal_records_info($2::text::pg_lsn, $3::text::pg_lsn)
		WHERE xid::text = $4 AND resource_manager = 'LogicalMessage' AND position($5 IN description) > 0
		) THEN pg_xact_status($1) END`,
		t.id, formatPosition(t.before), formatPosition(t.marked), fmt.Sprint(uint32(t.id.Uint64)),
		fmt.Sprintf(`"terem %s %d"`, formatPosition(t.life.replayed), t.life.start.UnixMicro())).Scan(&status)
	return status, err
}

// replicated waits until the standbys have what was committed so far, by
// committing on c: a COMMIT stops waiting for them when its process is ended,
// and is then done on this server alone.
func replicated(ctx context.Context, c *pgxpool.Conn) error {
	_, _, err := durably(ctx, c.Conn(), "SELECT pg_logical_emit_message(true, 'terem', '')")
	return err
}
