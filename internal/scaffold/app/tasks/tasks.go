// Package tasks is the work that is done outside of requests: jobs that a domain
// has enqueued in its session, and what is done at set times.
package tasks

import (
	"log/slog"
	"time"

	"github.com/terem-go/terem/internal/scaffold/app/services/notifications"
	"github.com/terem-go/terem/internal/scaffold/app/users"
	"github.com/terem-go/terem/jobs"
)

// Config is what the tasks work with.
type Config struct {
	Auth          *users.Auth
	Notifications *notifications.Service
	AuditKeep     time.Duration // how long entries of the audit log are kept
	Logger        *slog.Logger
}

// tasks are the functions that run jobs. What one that takes a *db.Session writes
// happens once. One that takes a *db.DB may be run again after a part of it was
// done, and says why that does no harm.
type tasks struct{ Config }

// Workers returns what runs the application's jobs, and when.
func Workers(c Config) *jobs.Workers {
	t := tasks{c}
	w := jobs.NewWorkers()
	jobs.Add(w, t.mail, jobs.Idempotent("a second mail has a link of its own, and each link works once"))
	jobs.Add(w, t.cleanUp)
	w.Periodically(jobs.Daily(3, 30, time.UTC), CleanUp{})
	return w
}
