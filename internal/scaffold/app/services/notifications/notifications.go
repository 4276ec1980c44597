// Package notifications tells people by mail what has happened.
package notifications

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
	"github.com/terem-go/terem/internal/scaffold/app/users"
	"github.com/terem-go/terem/mail"
)

//go:embed templates
var files embed.FS

var templates, _ = fs.Sub(files, "templates")

// Config is what the service works with.
type Config struct {
	Users users.Repository
	Mail  mail.Sender
	URL   string // where people reach the application, such as https://shop.example
}

// Service sends notifications.
type Service struct {
	users     users.Repository
	mail      mail.Sender
	url       string
	templates *mail.Templates
}

// New reads the templates, and says what is wrong with them.
func New(c Config) (*Service, error) {
	t, err := mail.ParseTemplates(templates)
	return &Service{users: c.Users, mail: c.Mail, url: c.URL, templates: t}, err
}

// Welcome welcomes a new user. One who was deleted since gets nothing. The mail
// server is called while no transaction is open.
func (s *Service) Welcome(ctx context.Context, database *db.DB, userID int64) error {
	var u *users.User
	err := database.Read(ctx, func(ctx context.Context, r *db.Reader) (err error) {
		u, err = s.users.Get(ctx, r, userID)
		return err
	})
	switch {
	case errs.HasKind(err, errs.NotFound):
		return nil
	case err != nil:
		return err
	}
	return s.send(ctx, "welcome", u, fmt.Sprintf("welcome-%d", u.ID))
}

// send sends a user the message of a template. All attempts at it have the same
// ID, so that a second copy can be told from another message.
func (s *Service) send(ctx context.Context, template string, u *users.User, id string) error {
	m, err := s.templates.Message(template, mail.Address{Name: u.Name, Address: u.Email}, struct{ Name, URL string }{u.Name, s.url})
	if err != nil {
		return err
	}
	m.ID = id
	return s.mail.Send(ctx, m)
}
