// Package tasks is the work that is done outside of requests.
package tasks

import (
	"context"
	"time"

	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/jobs"
)

// forget is how long attempts to log in are remembered: longer than they count.
const forget = 48 * time.Hour

// Workers returns what runs the application's jobs, and when.
func Workers() *jobs.Workers {
	w := jobs.NewWorkers()
	jobs.Add(w, cleanUp)
	w.Periodically(jobs.Daily(3, 30, time.UTC), CleanUp{})
	return w
}

// CleanUp are the arguments of the daily clean-up.
type CleanUp struct{}

// Kind implements jobs.Args.
func (CleanUp) Kind() string { return "tasks.clean_up" }

// cleanUp removes what nobody needs any more: attempts to log in, and logins that are
// over.
func cleanUp(ctx context.Context, s *db.Session, _ *jobs.Job[CleanUp]) error {
	if _, err := auth.ForgetAttempts(ctx, s, time.Now().Add(-forget)); err != nil {
		return err
	}
	_, err := auth.NewLogins(auth.LoginsConfig{}).Forget(ctx, s)
	return err
}
