package tasks_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/terem-go/terem/app"
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
		u, err := users.New(users.Config{SecretKey: strings.Repeat("k", 32)})
		if err != nil {
			t.Fatal(err)
		}
		box, err := mail.NewMailbox("Appname <appname@localhost>")
		if err != nil {
			t.Fatal(err)
		}
		n, err := notifications.New(notifications.Config{Users: u.Users, Mail: box, URL: "https://appname.example"})
		if err != nil {
			t.Fatal(err)
		}
		log := slog.New(slog.DiscardHandler)
		a := app.New(app.Config{DB: d, Logger: log, Workers: tasks.Workers(tasks.Config{Logins: u.Logins, Notifications: n, Logger: log})})
		a.Register(u)
		f(t, d, u, a.Workers(), box)
	}, jobs.Migrations())
}

func TestWelcome(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, u *users.Domain, w *jobs.Workers, box *mail.Mailbox) {
		ctx := context.Background()
		if err := u.Auth.Register(ctx, d, &users.User{Email: "ada@example.com", Name: "Ada"}, "correct horse battery"); err != nil {
			t.Fatal(err)
		}
		if err := u.Auth.Register(ctx, d, &users.User{Email: "ada@example.com", Name: "Eve"}, "correct horse battery"); err == nil {
			t.Error("the address is registered twice")
		}
		if n := len(box.Letters()); n != 0 {
			t.Errorf("%d mails were sent in the session", n)
		}
		jobstest.Run(t, d, w)
		jobstest.Run(t, d, w)
		if letters := box.Letters(); len(letters) != 1 || letters[0].To[0].Name != "Ada" {
			t.Errorf("the mails are %+v, want one to Ada", letters)
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
			ada := users.User{Email: "ada@example.com", Name: "Ada"}
			if err := u.Users.Create(ctx, s, &ada); err != nil {
				return err
			}
			if err := jobs.Enqueue(ctx, s, users.Welcome{UserID: ada.ID}); err != nil {
				return err
			}
			return failed
		})
		if !errors.Is(err, failed) {
			t.Fatal(err)
		}
		err = d.Read(ctx, func(_ context.Context, r *db.Reader) error {
			if n := len(jobstest.Enqueued[users.Welcome](t, r)); n != 0 {
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

func TestCleanUp(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, u *users.Domain, w *jobs.Workers, _ *mail.Mailbox) {
		ctx := context.Background()
		ada := users.User{Email: "ada@example.com", Name: "Ada"}
		old := users.Login{TokenHash: "old", ExpiresAt: time.Now().Add(-time.Hour)}
		fresh := users.Login{TokenHash: "fresh", ExpiresAt: time.Now().Add(time.Hour)}
		err := d.Do(ctx, func(ctx context.Context, s *db.Session) error {
			if err := u.Users.Create(ctx, s, &ada); err != nil {
				return err
			}
			for _, l := range []*users.Login{&old, &fresh} {
				l.UserID = ada.ID
				if err := u.Logins.Insert(ctx, s, l); err != nil {
					return err
				}
			}
			return jobs.Enqueue(ctx, s, tasks.CleanUp{})
		})
		if err != nil {
			t.Fatal(err)
		}
		jobstest.Run(t, d, w)
		err = d.Read(ctx, func(ctx context.Context, r *db.Reader) error {
			left, err := u.Logins.Find(ctx, r)
			if err == nil && (len(left) != 1 || left[0].TokenHash != "fresh") {
				t.Errorf("the logins that are left: %+v", left)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
