package tasks

import (
	"context"
	"log/slog"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/scaffold/app/users"
	"github.com/terem-go/terem/jobs"
	"github.com/terem-go/terem/mail"
)

// welcome sends the welcome mail. An address that does not exist is not tried
// again.
func (t tasks) welcome(ctx context.Context, database *db.DB, job *jobs.Job[users.Welcome]) error {
	err := t.Notifications.Welcome(ctx, database, job.Args.UserID)
	if mail.Permanent(err) {
		t.Logger.WarnContext(ctx, "a welcome mail cannot be delivered", slog.Int64("user", job.Args.UserID), slog.Any("error", err))
		return nil
	}
	return err
}
