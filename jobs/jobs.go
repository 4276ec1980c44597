// Package jobs runs work in the background and at set times. A job is enqueued
// in a session, so it exists exactly when what else the session wrote does, and
// it runs after the commit, in this process or another, at least once.
//
//	// Welcome is the arguments of a job.
//	type Welcome struct {
//		UserID int64 `json:"user_id"`
//	}
//
//	func (Welcome) Kind() string { return "users.welcome" }
//
//	// in a session
//	err := jobs.Enqueue(ctx, s, Welcome{UserID: u.ID})
//
//	// in the program that works
//	w := jobs.NewWorkers()
//	jobs.Add(w, t.tidyUp) // func(ctx context.Context, s *db.Session, job *jobs.Job[TidyUp]) error
//	jobs.Add(w, t.welcome, // func(ctx context.Context, d *db.DB, job *jobs.Job[Welcome]) error
//		jobs.Idempotent("all attempts send a mail with the same Message-ID"))
//	w.Periodically(jobs.Daily(3, 30, time.UTC), TidyUp{})
//	client, err := jobs.New(d, w, jobs.Config{})
//	err = client.Start(ctx)
//	defer client.Stop(ctx)
//
// The queue is River (github.com/riverqueue/river), on SQLite as on PostgreSQL.
// Its tables are Migrations, a source for package migrate.
//
// # How often a job happens
//
// A job that has failed is run again, and so is one whose process died, which
// may have come to any point. What that means is said by what its function takes:
//
//   - A *db.Session is a unit of work by the rules of a request: it is run again
//     when it conflicts with another. The job is completed in it. So what it
//     writes, jobs and events included, is committed exactly once.
//   - A *db.DB is for work that calls the outside, between units of work. It
//     happens at least once, and so does each of its units. Its worker declares
//     with Idempotent why that does no harm; without that it is refused at the
//     start. Once makes a unit happen once.
//
// # Failures
//
// A job that returns nil is done and is kept for a day. One that returns an
// error, panics or runs for too long has failed: it is tried again after about
// n⁴ seconds, where n is how often it has failed (1 s, 16 s, 81 s … 4 days), 25
// times in all, which takes three weeks; then it is given up and kept for a week.
// A job whose process died is run again after Config.RescueAfter. One that does not
// return 5 s after its time is over is left to itself, and others run in its place.
// Backoff and MaxAttempts change the waits and the number.
package jobs

import "time"

// Args are the arguments of a job: a type that encoding/json encodes. Fields
// that are added later are zero in jobs that were enqueued before.
type Args interface {
	// Kind names the sort of job, such as "users.welcome". It is stored with the
	// job and must not change while such jobs are in the queue. It consists of
	// letters, digits and _-./:+<>[].
	Kind() string
}

// Job is one run of a job.
type Job[T Args] struct {
	ID          int64
	Args        T
	Queue       string
	Attempt     int // counted from 1
	MaxAttempts int
	EnqueuedAt  time.Time
	DueAt       time.Time // when this attempt was to run
	Progress    Progress  // where an earlier attempt had come to; see SetProgress
}
