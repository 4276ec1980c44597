package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/riverqueue/river/rivertype"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
)

// errNotFound is the error of a job that the queue does not have.
var errNotFound = errs.New(errs.NotFound, "jobs.not_found", "There is no such job in the queue. Done jobs are forgotten after a day.")

// Get returns what the queue knows of a job. One that it does not have, or has
// forgotten, is an errs.NotFound with the code "jobs.not_found".
func Get(ctx context.Context, q db.Querier, id int64) (*Info, error) {
	list, err := infos(ctx, q, wholeColumns[q.Dialect()], "id = $1", id)
	if err == nil && len(list) == 0 {
		err = errNotFound.Here()
	}
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}

// Filter says which jobs List returns. Its zero value is all of them.
type Filter struct {
	State  State
	Kind   string
	Queue  string
	Before int64 // only jobs with a lower ID: the last one of the part of the list before
	Limit  int   // how many at most; below 1 it is 50, and the most is 1,000
}

// List returns jobs, the newest first, with the last of their failures, and
// without Args and Result.
func List(ctx context.Context, q db.Querier, f Filter) ([]Info, error) {
	limit := f.Limit
	if limit < 1 {
		limit = 50
	}
	conditions, args := []string{"true"}, []any{min(limit, 1000)}
	add := func(condition string, value any) {
		args = append(args, value)
		conditions = append(conditions, fmt.Sprintf(condition, len(args)))
	}
	if f.State != "" {
		name, ok := states[f.State]
		if !ok {
			return nil, fmt.Errorf("jobs: %q is no state of a job: expected one of jobs.States", f.State)
		}
		conditions = append(conditions, "state = '"+name+"'") // a constant
	}
	if f.Kind != "" {
		add("kind = $%d", f.Kind)
	}
	if f.Queue != "" {
		add("queue = $%d", f.Queue)
	}
	if f.Before > 0 {
		add("id < $%d", f.Before)
	}
	// The inner query reads an index only, where there is one.
	return infos(ctx, q, listColumns[q.Dialect()], "id IN (SELECT id FROM river_job WHERE "+strings.Join(conditions, " AND ")+" ORDER BY id DESC LIMIT $1)", args...)
}

// What is read of a job: all of it, or what lists have.
var (
	wholeColumns = map[db.Dialect]string{
		db.SQLite:   `state, metadata->'$."terem:progress"' AS progress, json(errors) AS failures, json(args) AS args, metadata->'$.output' AS result`,
		db.Postgres: `state::text AS state, (metadata->'terem:progress')::text AS progress, to_json(errors)::text AS failures, args::text AS args, (metadata->'output')::text AS result`,
	}
	listColumns = map[db.Dialect]string{
		db.SQLite: `state, metadata->'$."terem:progress"' AS progress, CASE WHEN json_array_length(errors) > 0 THEN json_array(errors->'$[#-1]') END AS failures,` +
			` NULL AS args, NULL AS result`,
		db.Postgres: `state::text AS state, (metadata->'terem:progress')::text AS progress, to_json(errors[array_upper(errors, 1):])::text AS failures,` +
			` NULL AS args, NULL AS result`,
	}
)

// stored is a job as it is read.
type stored struct {
	ID          int64      `db:"id"`
	Kind        string     `db:"kind"`
	Queue       string     `db:"queue"`
	Priority    int        `db:"priority"`
	Attempt     int        `db:"attempt"`
	MaxAttempts int        `db:"max_attempts"`
	CreatedAt   time.Time  `db:"created_at"`
	ScheduledAt time.Time  `db:"scheduled_at"`
	AttemptedAt *time.Time `db:"attempted_at"`
	FinalizedAt *time.Time `db:"finalized_at"`
	State       string     `db:"state"`
	Progress    *string    `db:"progress"`
	Failures    *string    `db:"failures"`
	Args        *string    `db:"args"`
	Result      *string    `db:"result"`
}

func infos(ctx context.Context, q db.Querier, columns, condition string, args ...any) ([]Info, error) {
	rows, err := dao.Query[stored](ctx, q, "SELECT id, kind, queue, priority, attempt, max_attempts, created_at, scheduled_at, attempted_at, finalized_at, "+
		columns+" FROM river_job WHERE "+condition+" ORDER BY id DESC", args...)
	if err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	list := make([]Info, len(rows))
	for i, r := range rows {
		if list[i], err = r.info(); err != nil {
			return nil, fmt.Errorf("jobs: job %d: %w", r.ID, err)
		}
	}
	return list, nil
}

func (r stored) info() (Info, error) {
	i := Info{ID: r.ID, Kind: r.Kind, Queue: r.Queue, State: stateOf(r.State), Priority: r.Priority, Attempt: r.Attempt,
		MaxAttempts: r.MaxAttempts, EnqueuedAt: r.CreatedAt, DueAt: r.ScheduledAt, BeganAt: r.AttemptedAt, EndedAt: r.FinalizedAt}
	if r.Args != nil {
		i.Args = json.RawMessage(*r.Args)
	}
	if r.Result != nil {
		i.Result = json.RawMessage(*r.Result)
	}
	if r.Progress != nil {
		i.Progress = new(Progress)
		if err := json.Unmarshal([]byte(*r.Progress), i.Progress); err != nil {
			return i, err
		}
	}
	if r.Failures != nil {
		if err := json.Unmarshal([]byte(*r.Failures), &i.Failures); err != nil {
			return i, err
		}
	}
	for n, f := range i.Failures {
		if f.Error == (&rivertype.UnknownJobKindError{Kind: r.Kind}).Error() {
			i.Failures[n].Error = unknown(r.Kind).Error() // as the log has it
		}
	}
	return i, nil
}
