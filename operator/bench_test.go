package operator_test

import (
	"context"
	"testing"

	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/jobs"
)

// BenchmarkPages says how long the pages take with 100,000 jobs in the queue.
func BenchmarkPages(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *db.DB{
		"sqlite":   func(t testing.TB) *db.DB { return dbtest.SQLite(t, schema, jobs.Migrations(), app.Auth()) },
		"postgres": func(t testing.TB) *db.DB { return dbtest.Postgres(t, schema, jobs.Migrations(), app.Auth()) },
	} {
		b.Run(name, func(b *testing.B) {
			d := open(b)
			for range 100 {
				do(b, d, func(ctx context.Context, s *db.Session) error { return jobs.EnqueueMany(ctx, s, make([]report, 1000)) })
			}
			id := enqueue(b, d, broken{})
			do(b, d, func(ctx context.Context, s *db.Session) error { // half of them are done, a few were given up
				_, err := s.Exec(ctx, "UPDATE river_job SET state = CASE WHEN id % 20000 = 0 THEN "+state(d, "discarded")+" ELSE "+state(d, "completed")+
					" END, finalized_at = created_at WHERE id % 2 = 0 AND id < $1", id)
				return err
			})
			c := operate(b, newApp(b, d))
			for name, path := range map[string]string{
				"overview": "/operator", "newest": "/operator/jobs", "given-up": "/operator/jobs?state=given+up", "waiting": "/operator/jobs?state=waiting",
				"rare-kind": "/operator/jobs?kind=test.broken", "kind": "/operator/jobs?kind=test.report&state=done", "no-queue": "/operator/jobs?queue=nowhere",
				"deep": "/operator/jobs?state=done&before=1000", "events": "/operator/events",
			} {
				b.Run(name, func(b *testing.B) {
					for b.Loop() {
						c.Get(path).Expect(200)
					}
				})
			}
		})
	}
}

// state is a state of a job in SQL.
func state(d *db.DB, name string) string {
	if d.Dialect() == db.Postgres {
		return "'" + name + "'::river_job_state"
	}
	return "'" + name + "'"
}
