package mail_test

import (
	"context"
	"errors"
	"testing"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/jobs"
	"github.com/terem-go/terem/mail"
	"github.com/terem-go/terem/mail/mailtest"
)

// greet is a job that sends a mail.
type greet struct {
	Inside bool `json:"inside"` // its session
}

func (greet) Kind() string { return "greet" }

// A job that sends a mail inside its session, which has sent a statement, fails
// in tests; between two sessions it may.
func TestSendInsideASession(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, jobs.Migrations().FS, func(t *testing.T, d *db.DB) {
		s := mailtest.Start(t, mailtest.Options{})
		box := mailbox(t)
		for name, sender := range map[string]mail.Sender{"client": open(t, s), "mailbox": box} {
			w := jobs.NewWorkers()
			jobs.Add(w, func(ctx context.Context, d *db.DB, job *jobs.Job[greet]) error {
				send := func(ctx context.Context) error { return sender.Send(ctx, welcome()) }
				err := d.Do(ctx, func(ctx context.Context, s *db.Session) error {
					if err := s.QueryRow(ctx, "SELECT 1").Scan(new(int)); err != nil || !job.Args.Inside {
						return err
					}
					return send(ctx)
				})
				if err == nil && !job.Args.Inside {
					err = send(ctx)
				}
				return err
			}, jobs.Idempotent("it is tried once"))
			for _, inside := range []bool{true, false} {
				err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
					return jobs.Enqueue(ctx, s, greet{inside}, jobs.MaxAttempts(1))
				})
				if err != nil {
					t.Fatal(err)
				}
				if err := w.RunDue(t.Context(), d); errors.Is(err, db.ErrOutside) != inside || err != nil && !inside {
					t.Errorf("%s, inside its session %v: %v", name, inside, err)
				}
			}
		}
		if len(s.Messages()) != 1 || len(box.Letters()) != 1 {
			t.Errorf("%d messages and %d letters were sent, want 1 each", len(s.Messages()), len(box.Letters()))
		}
	})
}
