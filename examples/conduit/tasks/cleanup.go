package tasks

import (
	"context"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/jobs"
)

// CleanUp are the arguments of the daily clean-up.
type CleanUp struct{}

// Kind implements jobs.Args.
func (CleanUp) Kind() string { return "tasks.clean_up" }

// cleanUp removes what nobody needs any more.
func (t tasks) cleanUp(ctx context.Context, s *db.Session, _ *jobs.Job[CleanUp]) error {
	return t.Auth.Forget(ctx, s, time.Now().Add(-t.AuditKeep))
}
