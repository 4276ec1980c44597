package notifications_test

import (
	"context"
	"html"
	"os"
	"strings"
	"testing"

	"github.com/terem-go/terem/accounts"
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/internal/scaffold/app/services/notifications"
	"github.com/terem-go/terem/internal/scaffold/app/users"
	"github.com/terem-go/terem/mail"
)

func TestAccount(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, os.DirFS("../../migrations"), func(t *testing.T, d *db.DB) {
		box, err := mail.NewMailbox("Appname <appname@localhost>")
		if err != nil {
			t.Fatal(err)
		}
		domain, err := users.New(users.Config{Name: "Appname", Secrets: []string{strings.Repeat("k", 32)}})
		if err != nil {
			t.Fatal(err)
		}
		s, err := notifications.New(notifications.Config{Auth: domain.Auth, Mail: box, URL: "https://appname.example"})
		if err != nil {
			t.Fatal(err)
		}
		ctx := context.Background()
		u := users.User{Email: "kim@example.com", Name: "Ada <b>", Role: users.RoleMember}
		if err := d.Do(ctx, func(ctx context.Context, x *db.Session) error { return domain.Users.Create(ctx, x, &u) }); err != nil {
			t.Fatal(err)
		}
		mails := []struct {
			mail    accounts.Mail
			to      string // "" for nobody
			subject string
			link    string
		}{
			{accounts.Mail{What: accounts.MailWelcome, Email: u.Email, Subject: u.Subject()}, u.Email, "Welcome to Appname", "https://appname.example/confirm?token="},
			{accounts.Mail{What: accounts.MailConfirm, Email: "new@example.com", Subject: u.Subject()}, "new@example.com", "Confirm your address", "https://appname.example/confirm?token="},
			// A Kelvin sign is a k when addresses are compared, and another mailbox.
			{accounts.Mail{What: accounts.MailReset, Email: "\u212aIM@example.com"}, u.Email, "Choose a new password", "https://appname.example/reset?token="},
			{accounts.Mail{What: accounts.MailNotice, Email: u.Email, Text: "Something has happened."}, u.Email, "About your account at Appname", "Something has happened."},
			{accounts.Mail{What: accounts.MailNotice, Email: "old@example.com", Subject: u.Subject(), Text: "Another address."}, "old@example.com", "About your account at Appname", "Another address."},
			{accounts.Mail{What: accounts.MailReset, Email: "nobody@example.com"}, "", "", ""},
			{accounts.Mail{What: accounts.MailWelcome, Email: u.Email, Subject: "99"}, "", "", ""},
		}
		// Anybody can type another's address: until it is confirmed, no name is sent there,
		// whose words somebody else has chosen.
		send := func(confirmed bool) {
			for _, c := range mails {
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
				hello := "Hello,"
				if confirmed && c.to == u.Email {
					hello = "Hello Ada <b>,"
				}
				if named := m.To[0].Name != ""; named != (hello != "Hello,") {
					t.Errorf("%+v: sent to %v", c.mail, m.To)
				}
				if !strings.Contains(m.Text, hello) || !strings.Contains(m.Text, c.link) {
					t.Errorf("the text lacks %q or %q:\n%s", hello, c.link, m.Text)
				}
				if !strings.Contains(m.HTML, html.EscapeString(hello)) || !strings.Contains(m.HTML, c.link) {
					t.Errorf("the HTML lacks %q or %q:\n%s", hello, c.link, m.HTML)
				}
			}
		}
		send(false)
		if err := d.Do(ctx, func(ctx context.Context, x *db.Session) error {
			return domain.Users.SetEmail(ctx, x, u.Subject(), u.Email)
		}); err != nil {
			t.Fatal(err)
		}
		send(true)
	}, app.Auth())
}
