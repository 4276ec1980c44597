package jobs

import (
	"context"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/terem-go/terem/db"
)

// inserter puts jobs into PostgreSQL's queue and wakes the workers in one
// statement, where River takes two and waits for the server twice. Unique jobs, and
// those whose number is asked for, are left to River.
type inserter struct {
	river.MiddlewareDefaults
	woken waker
}

var _ rivertype.JobInsertMiddleware = (*inserter)(nil)

// sessionKey is the key of the context in which a session enqueues that does not ask
// for the jobs' numbers: its value is the session.
type sessionKey struct{}

const insertAndWake = `WITH added AS (
	INSERT INTO river_job (args, metadata, kind, max_attempts, priority, queue, scheduled_at, state)
	SELECT args::jsonb, $9::text::jsonb, kind, max_attempts, priority, queue, coalesce(scheduled_at, now()), state::river_job_state
	FROM unnest($1::text[], $2::text[], $3::smallint[], $4::smallint[], $5::text[], $6::timestamptz[], $7::text[])
		AS j (args, kind, max_attempts, priority, queue, scheduled_at, state)
	RETURNING 1
)
SELECT pg_notify(current_schema() || '.river_insert', json_build_object('queue', queue)::text)
FROM unnest($8::text[]) AS woken (queue)
WHERE (SELECT count(*) FROM added) > 0`

// InsertMany implements rivertype.JobInsertMiddleware.
func (in *inserter) InsertMany(ctx context.Context, list []*rivertype.JobInsertParams, next func(context.Context) ([]*rivertype.JobInsertResult, error)) ([]*rivertype.JobInsertResult, error) {
	s, ok := ctx.Value(sessionKey{}).(*db.Session)
	if !ok {
		return next(ctx)
	}
	n := len(list) // all have the metadata that enqueue gives them
	encoded, kinds, queues, states := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	attempts, priorities, due := make([]int16, n), make([]int16, n), make([]*time.Time, n)
	var waiting []string // queues in which a job is due
	for i, j := range list {
		if j.UniqueKey != nil {
			return next(ctx)
		}
		encoded[i], kinds[i], queues[i], states[i] = string(j.EncodedArgs), j.Kind, j.Queue, string(j.State)
		attempts[i], priorities[i], due[i] = int16(min(j.MaxAttempts, math.MaxInt16)), int16(j.Priority), j.ScheduledAt
		if j.State == rivertype.JobStateAvailable {
			waiting = append(waiting, j.Queue)
		}
	}
	_, err := s.Exec(ctx, insertAndWake, encoded, kinds, attempts, priorities, queues, due, states, in.woken.due(s, waiting, time.Now()), string(list[0].Metadata))
	return nil, err
}

// waker remembers when the workers of each queue were woken last, and by which
// session. Sessions that notify commit one after the other, so not each of many
// does. If the one that did is slow or rolled back, the jobs of the others wait to
// be polled. There is one for the process, and not for each database: with two of them,
// jobs of the second may wait to be polled, too.
type waker struct {
	mu   sync.Mutex
	last map[string]waking
}

type waking struct {
	at time.Time
	by *db.Session
}

// due returns the queues whose workers were not woken just now, each once. It does
// not count what was undone: by the session itself, which may have notified in a
// savepoint, and by an earlier attempt at it.
func (w *waker) due(s *db.Session, queues []string, now time.Time) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	due := []string{}
	for _, q := range queues {
		last := w.last[q]
		if slices.Contains(due, q) || last.by != s && s.Attempt() == 1 && now.Sub(last.at) < river.FetchCooldownMin {
			continue
		}
		if w.last == nil {
			w.last = map[string]waking{}
		}
		w.last[q] = waking{now, s}
		due = append(due, q)
	}
	return due
}
