package departures

import (
	"context"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/jobs"
)

// Workers returns what completes departures. In an application this stands in tasks/.
func Workers(s *Service) *jobs.Workers {
	w := jobs.NewWorkers()
	jobs.Add(w, func(ctx context.Context, database *db.DB, job *jobs.Job[Leave]) error {
		return s.Complete(ctx, database, job.Args.CustomerID)
	}, jobs.Idempotent("a customer who is closed at the provider stays so, and the departure is ended once"))
	return w
}
