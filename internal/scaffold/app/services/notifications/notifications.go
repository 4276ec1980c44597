// Package notifications tells people by mail what has happened.
package notifications

import (
	"context"
	"embed"
	"io/fs"
	"net/url"

	"github.com/terem-go/terem/accounts"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/scaffold/app/users"
	"github.com/terem-go/terem/mail"
)

//go:embed templates
var files embed.FS

var templates, _ = fs.Sub(files, "templates")

// Config is what the service works with.
type Config struct {
	Auth *users.Auth
	Mail mail.Sender
	URL  string // where people reach the application, such as https://shop.example
}

// Service sends notifications.
type Service struct {
	auth      *users.Auth
	mail      mail.Sender
	url       string
	templates *mail.Templates
}

// New reads the templates, and says what is wrong with them.
func New(c Config) (*Service, error) {
	t, err := mail.ParseTemplates(templates)
	return &Service{auth: c.Auth, mail: c.Mail, url: c.URL, templates: t}, err
}

// pages are where the links of mails lead.
var pages = map[string]string{accounts.MailWelcome: "/confirm", accounts.MailConfirm: "/confirm", accounts.MailReset: "/reset"}

// Account sends a mail about an account, under an ID by which a second copy can be
// told from another message. The mail server is called while no transaction is open.
func (s *Service) Account(ctx context.Context, database *db.DB, m accounts.Mail, id string) error {
	var u *users.User
	var token string
	var found bool
	err := database.Do(ctx, func(ctx context.Context, tx *db.Session) (err error) {
		u, token, found, err = s.auth.Letter(ctx, tx, m)
		return err
	})
	if err != nil || !found {
		return err
	}
	to := mail.Address{Name: u.Name, Address: m.To(u)}
	if u.ConfirmedAt == nil || to.Address != u.Email {
		to.Name = "" // anybody can type another's address, and has no words sent there
	}
	data := struct{ Name, URL, Link, Text string }{to.Name, s.url, s.url + pages[m.What] + "?" + url.Values{"token": {token}}.Encode(), m.Text}
	message, err := s.templates.Message(m.What, to, data)
	if err != nil {
		return err
	}
	message.ID = id
	return s.mail.Send(ctx, message)
}
