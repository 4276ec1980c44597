package accounts

import (
	"context"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
	"github.com/terem-go/terem/jobs"
)

// Mail are the arguments of the job that sends a mail about an account. The
// application runs it: it asks Letter what to send. A link is made when its mail
// is: what is in the queue lets nobody in.
type Mail struct {
	What  string `json:"what"`           // one of those below
	Email string `json:"email"`          // whom it goes to
	Text  string `json:"text,omitempty"` // of a notice, in full sentences
	// Subject is whose account it is about; "" for whoever has the address.
	Subject string `json:"subject,omitempty"`
}

// Kind implements jobs.Args.
func (Mail) Kind() string { return "accounts.mail" }

// To returns the address that a mail goes to. One that is for the owner of an address
// goes there in the form in which it is stored, never as somebody has typed it: what
// looks the same when addresses are compared, such as a Kelvin sign for a k, may be
// somebody else's mailbox.
func (m Mail) To(u User) string {
	if m.Subject == "" {
		return u.Account().Email
	}
	return m.Email
}

// What mails are for.
const (
	MailWelcome = "welcome" // welcomes who has registered, and asks to confirm the address
	MailConfirm = "confirm" // asks to confirm another address
	MailReset   = "reset"   // lets the owner of the address choose a new password
	MailNotice  = "notice"  // tells what has happened
)

// How long links work.
const (
	ConfirmFor = 3 * 24 * time.Hour
	ResetFor   = 30 * time.Minute
)

// fromTo stands in a link between the address that a user has and the one that it
// confirms. No address has one.
const fromTo = "\n"

// Letter returns to whom a mail is written and the token for its link ("" for a
// notice). Send it to what Mail.To returns. It returns no error and found false when
// nobody has the address, or the user is gone: then nothing is sent. Each call makes a
// new link, and the one before works no more, so that a job which runs twice does no
// harm.
func (a *Accounts[U]) Letter(ctx context.Context, s *db.Session, m Mail) (u U, token string, found bool, err error) {
	if m.Subject != "" {
		u, err = a.users.BySubject(ctx, s, m.Subject)
	} else {
		u, err = a.users.ByEmail(ctx, s, m.Email)
	}
	if errs.HasKind(err, errs.NotFound) {
		return u, "", false, nil
	}
	if err != nil {
		return u, "", false, err
	}
	acc := u.Account()
	switch m.What {
	case MailWelcome, MailConfirm:
		if m.What == MailWelcome && m.Email != acc.Email {
			return u, "", false, nil // they have another address by now
		}
		token, err = a.links.Make(ctx, s, linkConfirm, acc.Subject, acc.Email+fromTo+m.Email, ConfirmFor)
	case MailReset:
		token, err = a.links.Make(ctx, s, linkReset, acc.Subject, acc.Email, ResetFor)
	}
	return u, token, err == nil, err
}

// tell enqueues a notice to a user, at the address that they have now, whatever they
// have when it is sent; or to whoever has registered an address, where only that is
// known.
func (a *Accounts[U]) tell(ctx context.Context, s *db.Session, of Account, text string) error {
	return jobs.Enqueue(ctx, s, Mail{What: MailNotice, Email: of.Email, Subject: of.Subject, Text: text})
}

// Welcome enqueues the mail that welcomes a user, or asks again to confirm the
// address.
func (a *Accounts[U]) Welcome(ctx context.Context, s *db.Session, u U) error {
	acc := u.Account()
	return jobs.Enqueue(ctx, s, Mail{What: MailWelcome, Email: acc.Email, Subject: acc.Subject})
}
