package tasks

import (
	"context"
	"log/slog"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/jobs"
)

// CleanUp are the arguments of the daily clean-up.
type CleanUp struct{}

// Kind implements jobs.Args.
func (CleanUp) Kind() string { return "tasks.clean_up" }

// cleanUp removes what nobody needs any more.
func (t tasks) cleanUp(ctx context.Context, database *db.DB, _ *jobs.Job[CleanUp]) error {
	var n int64
	err := database.Do(ctx, func(ctx context.Context, s *db.Session) (err error) {
		n, err = t.Logins.DeleteExpired(ctx, s, time.Now())
		return err
	})
	if err == nil {
		t.Logger.InfoContext(ctx, "cleaned up", slog.Int64("expired_logins", n))
	}
	return err
}
