package tasks_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/terem-go/terem/accounts"
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/internal/scaffold/app/services/notifications"
	"github.com/terem-go/terem/internal/scaffold/app/tasks"
	"github.com/terem-go/terem/internal/scaffold/app/users"
	"github.com/terem-go/terem/jobs"
	"github.com/terem-go/terem/jobs/jobstest"
	"github.com/terem-go/terem/mail"
)

// each runs f on both engines, with the users domain, the workers and the
// mailbox that they write to.
func each(t *testing.T, f func(t *testing.T, d *db.DB, u *users.Domain, w *jobs.Workers, box *mail.Mailbox)) {
	t.Parallel()
	dbtest.Each(t, os.DirFS("../migrations"), func(t *testing.T, d *db.DB) {
		u, err := users.New(users.Config{Name: "Appname", Secrets: []string{strings.Repeat("k", 32)}})
		if err != nil {
			t.Fatal(err)
		}
		box, err := mail.NewMailbox("Appname <appname@localhost>")
		if err != nil {
			t.Fatal(err)
		}
		n, err := notifications.New(notifications.Config{Auth: u.Auth, Mail: box, URL: "https://appname.example"})
		if err != nil {
			t.Fatal(err)
		}
		log := slog.New(slog.DiscardHandler)
		a := app.New(app.Config{DB: d, Logger: log, Workers: tasks.Workers(tasks.Config{Auth: u.Auth, Notifications: n, AuditKeep: 24 * time.Hour, Logger: log})})
		a.Register(u)
		f(t, d, u, a.Workers(), box)
	}, jobs.Migrations(), app.Auth())
}

// register registers Ada, or fails as it should.
func register(d *db.DB, u *users.Domain) (*users.User, error) {
	return u.Auth.Register(context.Background(), d, auth.Visit{}, users.User{Email: "ada@example.com", Name: "Ada", Role: users.RoleMember}, "correct horse battery")
}

func TestWelcome(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, u *users.Domain, w *jobs.Workers, box *mail.Mailbox) {
		if _, err := register(d, u); err != nil {
			t.Fatal(err)
		}
		if _, err := register(d, u); err == nil {
			t.Error("the address is registered twice")
		}
		if n := len(box.Letters()); n != 0 {
			t.Errorf("%d mails were sent in the session", n)
		}
		jobstest.Run(t, d, w)
		jobstest.Run(t, d, w)
		if letters := box.Letters(); len(letters) != 1 || letters[0].To[0].Address != "ada@example.com" {
			t.Errorf("%d mails, want one to ada@example.com", len(letters))
		}
	})
}

// A session that fails after it has enqueued a welcome leaves neither the user nor
// the mail.
func TestNoWelcomeWithoutUser(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, u *users.Domain, w *jobs.Workers, box *mail.Mailbox) {
		ctx := context.Background()
		failed := errors.New("failed on purpose")
		err := d.Do(ctx, func(ctx context.Context, s *db.Session) error {
			ada := users.User{Email: "ada@example.com", Name: "Ada", Role: users.RoleMember}
			if err := u.Users.Create(ctx, s, &ada); err != nil {
				return err
			}
			if err := jobs.Enqueue(ctx, s, accounts.Mail{What: accounts.MailWelcome, Email: ada.Email, Subject: ada.Subject()}); err != nil {
				return err
			}
			return failed
		})
		if !errors.Is(err, failed) {
			t.Fatal(err)
		}
		err = d.Read(ctx, func(_ context.Context, r *db.Reader) error {
			if n := len(jobstest.Enqueued[accounts.Mail](t, r)); n != 0 {
				t.Errorf("%d welcomes are enqueued", n)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		jobstest.Run(t, d, w)
		if n := len(box.Letters()); n != 0 {
			t.Errorf("%d mails were sent", n)
		}
	})
}

// What is over is removed, and what is not stays.
func TestCleanUp(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, u *users.Domain, w *jobs.Workers, _ *mail.Mailbox) {
		ctx := context.Background()
		ada, err := register(d, u)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := u.Auth.LogIn(ctx, d, auth.Visit{}, ada, 0, true); err != nil {
				t.Fatal(err)
			}
		}
		err = d.Do(ctx, func(ctx context.Context, s *db.Session) error {
			_, err := s.Exec(ctx, "UPDATE terem_logins SET expires_at = $1 WHERE id = (SELECT min(id) FROM terem_logins)", time.Now().Add(-time.Minute).UTC())
			return errors.Join(err, jobs.Enqueue(ctx, s, tasks.CleanUp{}))
		})
		if err != nil {
			t.Fatal(err)
		}
		jobstest.Run(t, d, w)
		err = d.Read(ctx, func(ctx context.Context, r *db.Reader) error {
			var left int
			err := r.QueryRow(ctx, "SELECT count(*) FROM terem_logins").Scan(&left)
			if left != 1 {
				t.Errorf("%d logins are left, want 1", left)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
