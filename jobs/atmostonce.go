package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/terem-go/terem/db"
)

// ErrBegun is returned by AtMostOnce when an earlier run of the job has begun the step, and nobody knows whether it
// was done.
var ErrBegun = errors.New("jobs: an earlier run has begun this step, and may have done it")

// AtMostOnce calls f, which calls another system, unless an earlier run of the job has called it and may have
// succeeded: then it returns ErrBegun. It is for what must not happen twice, and may rather not happen at all when a
// process dies at the wrong moment, such as a mail to thousands:
//
//	err := jobs.AtMostOnce(ctx, d, job, "sent", func(err error) bool { return !mail.Uncertain(err) },
//		func(ctx context.Context) error { return t.Mail.Send(ctx, m) })
//	if errors.Is(err, jobs.ErrBegun) {
//		return nil // to whom it matters, the log says that an attempt has failed or a process has died
//	}
//
// Failed reports of an error of f whether it says for certain that nothing has happened. Only then a later run calls f
// again. The step is named and kept as that of Once; it is noted in a unit of work before f is called, and taken back
// in another one after f has failed.
func AtMostOnce[T Args](ctx context.Context, d *db.DB, job *Job[T], step string, failed func(error) bool, f func(context.Context) error) error {
	todo := false
	err := d.Do(ctx, func(ctx context.Context, s *db.Session) (err error) {
		todo, err = Once(ctx, s, job, step)
		return err
	})
	if err != nil {
		return err
	}
	if !todo {
		return fmt.Errorf("%w: step %s of job %d", ErrBegun, step, job.ID)
	}
	err = f(ctx)
	if err == nil || !failed(err) {
		return err
	}
	// The run's own time may be over, which is why f has failed.
	back, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return errors.Join(err, d.Do(back, func(ctx context.Context, s *db.Session) error { return takeBack(ctx, s, job.ID, step) }))
}

// takeBack has a step of Once count as not done.
func takeBack(ctx context.Context, s *db.Session, id int64, step string) error {
	key, clear := onceKey(s, step), "UPDATE river_job SET metadata = metadata - $2::text WHERE id = $1"
	if s.Dialect() == db.SQLite {
		clear = "UPDATE river_job SET metadata = jsonb_remove(metadata, $2) WHERE id = $1"
	}
	_, err := s.Exec(ctx, clear, id, key)
	return err
}
