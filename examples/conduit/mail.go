package main

import (
	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/mail"
)

// mail returns what sends the application's mails: nothing if MAIL is off, the
// server of SMTP_URL, or, without one, a mailbox that shows them.
func (c *Config) mail() (mail.Sender, error) {
	switch {
	case c.Mail == mailOff:
		return mail.Off{}, nil
	case c.SMTPURL.Reveal() != "":
		return mail.Open(c.SMTPURL.Reveal(), mail.Config{From: c.MailFrom})
	}
	return mail.NewMailbox(c.MailFrom)
}

// showMails adds the pages of the mailbox, if mails go there. Production has
// none.
func showMails(a *app.App, s mail.Sender) {
	box, ok := s.(*mail.Mailbox)
	if !ok {
		return
	}
	const path = "/dev/mail"
	r := a.Root("")
	api.Handle(r, "GET "+path, box.Handler(path), api.Public)
	api.Handle(r, "GET "+path+"/", box.Handler(path), api.Public)
}
