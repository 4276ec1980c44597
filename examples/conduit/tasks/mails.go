package tasks

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/terem-go/terem/accounts"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/jobs"
	"github.com/terem-go/terem/mail"
)

// mail sends a mail about an account. An address that does not exist is not tried
// again.
func (t tasks) mail(ctx context.Context, database *db.DB, job *jobs.Job[accounts.Mail]) error {
	err := t.Notifications.Account(ctx, database, job.Args, fmt.Sprintf("account-%d-%d", job.ID, job.Attempt))
	if mail.Permanent(err) {
		t.Logger.WarnContext(ctx, "a mail cannot be delivered", slog.String("mail", job.Args.What), slog.Any("error", err))
		return nil
	}
	return err
}
