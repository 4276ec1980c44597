package jobs

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"

	"github.com/terem-go/terem/db"
)

// RunDue runs the jobs that are due, those that they enqueue included, one after
// the other until there are none. It returns the errors of those that failed,
// which are tried again later. It is for tests, where package jobstest calls it: if
// the process dies, only a Client finds out that a job was lost.
func (w *Workers) RunDue(ctx context.Context, d *db.DB) error {
	if err := w.Check(); err != nil {
		return err
	}
	e, err := open(d)
	if err != nil {
		return err
	}
	defer e.close()
	now := time.Now() // what fails from here on is due later
	var failed []error
	for {
		ran, err := w.runOne(ctx, d, e.exec, now)
		failed = append(failed, err)
		if !ran {
			return errors.Join(failed...)
		}
	}
}

// runOne runs one job that is due, and reports whether there was one.
func (w *Workers) runOne(ctx context.Context, d *db.DB, exec riverdriver.Executor, now time.Time) (bool, error) {
	if _, err := exec.JobSchedule(ctx, &riverdriver.JobScheduleParams{Max: 1000, Now: &now}); err != nil {
		return false, fmt.Errorf("jobs: %w", err)
	}
	queues, err := queues(ctx, d)
	if err != nil {
		return false, err
	}
	for _, q := range queues {
		got, err := exec.JobGetAvailable(ctx, &riverdriver.JobGetAvailableParams{
			ClientID: "due", MaxAttemptedBy: 100, MaxToLock: 1, Queue: q})
		if err != nil {
			return false, fmt.Errorf("jobs: %w", err)
		}
		if len(got.Jobs) == 1 {
			return true, w.runRow(ctx, d, exec, got.Jobs[0])
		}
	}
	return false, nil
}

// queues returns the queues in which jobs wait.
func queues(ctx context.Context, d *db.DB) (list []string, err error) {
	err = d.Read(ctx, func(ctx context.Context, r *db.Reader) error {
		list = nil
		rows, err := r.Query(ctx, "SELECT DISTINCT queue FROM river_job WHERE state = 'available' ORDER BY queue")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var q string
			if err := rows.Scan(&q); err != nil {
				return err
			}
			list = append(list, q)
		}
		return rows.Err()
	})
	return list, err
}

// runRow runs a job and records how it ended, even if ctx has ended by then: else it
// would stay running.
func (w *Workers) runRow(ctx context.Context, d *db.DB, exec riverdriver.Executor, j *rivertype.JobRow) error {
	failed := w.work(ctx, d, j)
	now := time.Now()
	p := riverdriver.JobSetStateCompleted(j.ID, now, nil)
	if failed != nil {
		// The queue keeps what the worker says, as a client has it.
		data, err := json.Marshal(rivertype.AttemptError{At: now, Attempt: j.Attempt, Error: storable(failed).Error()})
		failed = fmt.Errorf("jobs: %s, attempt %d of %d: %w", j.Kind, j.Attempt, j.MaxAttempts, failed)
		if err != nil {
			return errors.Join(failed, err)
		}
		if j.Attempt < j.MaxAttempts {
			p = riverdriver.JobSetStateErrorRetryable(j.ID, w.nextRetry(j), data, nil)
		} else {
			p = riverdriver.JobSetStateDiscarded(j.ID, now, data, nil)
		}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	_, err := exec.JobSetStateIfRunningMany(ctx, &riverdriver.JobSetStateIfRunningManyParams{
		ID: []int64{j.ID}, State: []rivertype.JobState{p.State}, Attempt: []*int{nil},
		ErrData: [][]byte{p.ErrData}, FinalizedAt: []*time.Time{p.FinalizedAt}, ScheduledAt: []*time.Time{p.ScheduledAt},
		MetadataDoMerge: []bool{false}, MetadataUpdates: [][]byte{nil},
	})
	return errors.Join(failed, err)
}

// nextRetry returns when a job is tried again that has failed.
func (w *Workers) nextRetry(j *rivertype.JobRow) time.Time {
	if a, _ := w.find(j.Kind); a.backoff != nil {
		return retryAt(a.backoff, j)
	}
	return new(river.DefaultClientRetryPolicy).NextRetry(j)
}

// work runs the worker of a job.
func (w *Workers) work(ctx context.Context, d *db.DB, j *rivertype.JobRow) error {
	a, ok := w.find(j.Kind)
	if !ok {
		return unknown(j.Kind)
	}
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(a.timeout, timeout))
	defer cancel()
	return protect(func() error { return a.run(ctx, d, j) })
}
