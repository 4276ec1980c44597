package queue

import (
	"context"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/postgres"
	"github.com/terem-go/terem/db/sqlite"
	"github.com/terem-go/terem/jobs"
)

type terem struct{ db *db.DB }

func openTerem(ctx context.Context, url string) (Queue, error) {
	d, err := db.Open(ctx, url, db.Config{}, sqlite.Engine, postgres.Engine)
	return &terem{d}, err
}

func (q *terem) Enqueue(ctx context.Context) error {
	return q.db.Do(ctx, func(ctx context.Context, s *db.Session) error {
		if _, err := s.Exec(ctx, insertNote, "enqueued"); err != nil {
			return err
		}
		return jobs.Enqueue(ctx, s, note{"a"})
	})
}

func (q *terem) Fill(ctx context.Context, n int) error {
	return q.db.Do(ctx, func(ctx context.Context, s *db.Session) error { return jobs.EnqueueMany(ctx, s, make([]note, n)) })
}

func (q *terem) Work(ctx context.Context, at int, began func()) (func() error, error) {
	w := jobs.NewWorkers()
	jobs.Add(w, func(ctx context.Context, s *db.Session, job *jobs.Job[note]) error {
		began()
		_, err := s.Exec(ctx, insertNote, "ran")
		return err
	})
	c, err := jobs.New(q.db, w, jobs.Config{Logger: quiet, Queues: map[string]int{"default": at}})
	if err != nil {
		return nil, err
	}
	return func() error { return c.Stop(ctx) }, c.Start(ctx)
}

func (q *terem) Done(ctx context.Context) (n int, err error) {
	err = q.db.Read(ctx, func(ctx context.Context, r *db.Reader) error {
		return r.QueryRow(ctx, "SELECT count(*) FROM river_job WHERE state = 'completed'").Scan(&n)
	})
	return n, err
}

func (q *terem) Close() { _ = q.db.Close(context.Background()) }
