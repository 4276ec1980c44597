package jobs

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"github.com/terem-go/terem/db"
)

// stepName is what a step of Once may be named.
var stepName = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,100}$`)

// Once reports whether a step of a job has yet to be done, and has it count as
// done from the session's commit on: of all runs of the job, one session gets
// true and is committed. It is for workers that take a *db.DB, whose runs may end
// between two units of work:
//
//	err := d.Do(ctx, func(ctx context.Context, s *db.Session) error {
//		todo, err := jobs.Once(ctx, s, job, "credited")
//		if err != nil || !todo {
//			return err
//		}
//		return t.Accounts.Credit(ctx, s, job.Args.Account, job.Args.Amount)
//	})
//
// The step is kept with the job and must not be renamed while jobs wait. Its name
// is of letters, digits and _.- alone. It is an error if the job is not in the
// queue.
func Once[T Args](ctx context.Context, s *db.Session, job *Job[T], step string) (bool, error) {
	if !stepName.MatchString(step) {
		err := fmt.Errorf("jobs: the step %q of %s: expected 1 to 100 letters, digits and _.-", step, job.Args.Kind())
		s.Note(err)
		return false, err
	}
	return once(ctx, s, job.ID, step)
}

func once(ctx context.Context, s *db.Session, id int64, step string) (bool, error) {
	key, mark := onceKey(s, step), "UPDATE river_job SET metadata = jsonb_set(metadata, ARRAY[$2::text], 'true') WHERE id = $1 AND NOT metadata ? $2::text"
	if s.Dialect() == db.SQLite {
		mark = "UPDATE river_job SET metadata = jsonb_set(metadata, $2, jsonb('true')) WHERE id = $1 AND json_type(metadata, $2) IS NULL"
	}
	n, err := s.Exec(ctx, mark, id, key)
	if err != nil || n == 1 {
		return n == 1, err
	}
	var found int64
	err = s.QueryRow(ctx, "SELECT id FROM river_job WHERE id = $1", id).Scan(&found)
	if errors.Is(err, db.ErrNoRows) {
		err = fmt.Errorf("jobs: there is no job %d in the queue, which Once needs: in a test, enqueue it and let jobstest.Run run it", id)
		s.Note(err)
	}
	return false, err
}

// onceKey returns where in a job's metadata a step is noted, as a path on SQLite.
func onceKey(s *db.Session, step string) string {
	key := "terem:once:" + step
	if s.Dialect() == db.SQLite {
		return `$."` + key + `"`
	}
	return key
}
