package notifications_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/terem-go/terem/accounts"
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/mail"

	"github.com/terem-go/terem/examples/conduit/services/notifications"
	"github.com/terem-go/terem/examples/conduit/users"
)

func TestAccount(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, os.DirFS("../../migrations"), func(t *testing.T, d *db.DB) {
		box, err := mail.NewMailbox("Conduit <conduit@localhost>")
		if err != nil {
			t.Fatal(err)
		}
		domain, err := users.New(users.Config{Name: "Conduit", Secrets: []string{strings.Repeat("k", 32)}})
		if err != nil {
			t.Fatal(err)
		}
		s, err := notifications.New(notifications.Config{Auth: domain.Auth, Mail: box, URL: "https://conduit.example"})
		if err != nil {
			t.Fatal(err)
		}
		ctx := context.Background()
		u := users.User{Email: "ada@example.com", Name: "Ada <b>", Role: users.RoleMember}
		if err := d.Do(ctx, func(ctx context.Context, x *db.Session) error { return domain.Users.Create(ctx, x, &u) }); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			mail    accounts.Mail
			to      string // "" for nobody
			subject string
			link    string
		}{
			{accounts.Mail{What: accounts.MailWelcome, Email: u.Email, Subject: u.Subject()}, u.Email, "Welcome to Conduit", "https://conduit.example/confirm?token="},
			{accounts.Mail{What: accounts.MailConfirm, Email: "new@example.com", Subject: u.Subject()}, "new@example.com", "Confirm your address", "https://conduit.example/confirm?token="},
			{accounts.Mail{What: accounts.MailReset, Email: "ADA@example.com"}, "ADA@example.com", "Choose a new password", "https://conduit.example/reset?token="},
			{accounts.Mail{What: accounts.MailNotice, Email: u.Email, Text: "Something has happened."}, u.Email, "About your account at Conduit", "Something has happened."},
			{accounts.Mail{What: accounts.MailReset, Email: "nobody@example.com"}, "", "", ""},
			{accounts.Mail{What: accounts.MailWelcome, Email: u.Email, Subject: "99"}, "", "", ""},
		} {
			before := len(box.Letters())
			if err := s.Account(ctx, d, c.mail, "id"); err != nil {
				t.Fatal(err)
			}
			letters := box.Letters()
			switch sent := len(letters) - before; {
			case c.to == "":
				if sent != 0 {
					t.Errorf("%+v: sent to nobody's address", c.mail)
				}
				continue
			case sent != 1:
				t.Fatalf("%+v: %d messages were sent, want 1", c.mail, sent)
			}
			m := letters[len(letters)-1]
			if len(m.To) != 1 || m.To[0].Address != c.to || m.Subject != c.subject {
				t.Errorf("sent to %v: %s; want %s: %s", m.To, m.Subject, c.to, c.subject)
			}
			if !strings.Contains(m.Text, "Hello Ada <b>,") || !strings.Contains(m.Text, c.link) {
				t.Errorf("the text lacks the name or %q:\n%s", c.link, m.Text)
			}
			if !strings.Contains(m.HTML, "Hello Ada &lt;b&gt;,") || !strings.Contains(m.HTML, c.link) {
				t.Errorf("the HTML lacks the name or %q:\n%s", c.link, m.HTML)
			}
		}
	}, app.Auth())
}
