package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/riverqueue/river/rivertype"

	"github.com/terem-go/terem/db"
)

// Progress is how far a job has come.
type Progress struct {
	Done  int64  `json:"done"`
	Total int64  `json:"total,omitempty"` // 0 if it is not known
	Note  string `json:"note,omitempty"`  // for people
}

const (
	progressKey = "terem:progress"
	maxNote     = 200     // bytes of Progress.Note
	maxResult   = 1 << 20 // bytes of a result as JSON
)

// SetProgress says how far a job has come, from the session's commit on: Get and
// the operator's pages show it, and a later attempt has it in Job.Progress. It is
// for workers that take a *db.DB and work in many units, each of which says what
// it has added:
//
//	for done := job.Progress.Done; done < total; {
//		err := d.Do(ctx, func(ctx context.Context, s *db.Session) error {
//			n, err := t.some(ctx, s, done)
//			if err != nil {
//				return err
//			}
//			done += n
//			return jobs.SetProgress(ctx, s, job, jobs.Progress{Done: done, Total: total})
//		})
//		…
//	}
//
// In the session of a worker that takes one, it would be seen with the job's
// completion only. A note is at most 200 bytes. The session fails if the job is
// not in the queue, or was taken for lost and given to another run.
func SetProgress[T Args](ctx context.Context, s *db.Session, job *Job[T], p Progress) error {
	if len(p.Note) > maxNote {
		err := fmt.Errorf("jobs: the progress of %s: its note has %d bytes: at most %d are kept", job.Args.Kind(), len(p.Note), maxNote)
		s.Note(err)
		return err
	}
	return keep(ctx, s, job.ID, job.Attempt, progressKey, p)
}

// SetResult keeps what a job has come to, for Get and the operator's pages, until
// the queue forgets the job: a day after it is done. In the session of a worker
// that takes one it is there exactly when the job is done. A later one replaces it.
// It is at most 1 MiB as JSON: what is larger, or is to stay, belongs into a table.
// The session fails as it does for SetProgress.
func SetResult[T Args](ctx context.Context, s *db.Session, job *Job[T], result any) error {
	return keep(ctx, s, job.ID, job.Attempt, rivertype.MetadataKeyOutput, result)
}

// keep keeps a value with a job that runs.
func keep(ctx context.Context, s *db.Session, id int64, attempt int, key string, value any) error {
	data, err := json.Marshal(value)
	if err == nil && len(data) > maxResult {
		err = fmt.Errorf("it has %d bytes as JSON and at most %d are kept: put it into a table", len(data), maxResult)
	}
	if err != nil {
		err = fmt.Errorf("jobs: the result of job %d: %w", id, err)
		s.Note(err)
		return err
	}
	set := "jsonb_set(metadata, ARRAY[$2::text], $3::text::jsonb)"
	if s.Dialect() == db.SQLite {
		key, set = `$."`+key+`"`, "jsonb_set(metadata, $2, jsonb($3))"
	}
	n, err := s.Exec(ctx, "UPDATE river_job SET metadata = "+set+" WHERE id = $1 AND state = 'running' AND attempt = $4", id, key, string(data), attempt)
	if err != nil || n == 1 {
		return err
	}
	var found int64
	err = s.QueryRow(ctx, "SELECT id FROM river_job WHERE id = $1", id).Scan(&found)
	switch {
	case errors.Is(err, db.ErrNoRows):
		err = fmt.Errorf("jobs: there is no job %d in the queue, with which its progress and result are kept: in a test, enqueue it and let jobstest.Run run it", id)
	case err == nil:
		err = errTaken
	}
	s.Note(err)
	return err
}

// progressOf returns how far earlier attempts at a job have come.
func progressOf(row *rivertype.JobRow) Progress {
	var m struct {
		Progress Progress `json:"terem:progress"`
	}
	_ = json.Unmarshal(row.Metadata, &m) // without it there is none
	return m.Progress
}
