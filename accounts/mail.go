package accounts

import (
	"context"
	"time"

	"github.com/terem-go/terem/auth"
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
	// Account is a hash of the address and the password that they had when they asked
	// for it: with another of either by now, it is not sent. "" does not matter.
	Account string `json:"account,omitempty"`
}

// fingerprint tells an account apart from what it is after its address or its password
// has changed. The password's hash has a random salt, so that it tells nothing of either.
func (a Account) fingerprint() string { return auth.HashToken(a.Email + fromTo + a.PasswordHash) }

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
// nobody has the address, or the user is gone: then nothing is sent. Each call makes a new link. Of those that confirm
// an address the one before works no more; those that let choose a password work until
// one was chosen, so that nobody ends the owner's by asking for another.
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
		if m.Account != "" && m.Account != acc.fingerprint() {
			return u, "", false, nil // whoever has asked may not be the owner
		}
		if err = a.links.Cancel(ctx, s, linkConfirm, acc.Subject); err != nil {
			return u, "", false, err
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

// AskConfirm enqueues the mail by which a user confirms their address, once more. It
// returns auth.ErrTooMany for who asks for mails too often.
func (a *Accounts[U]) AskConfirm(ctx context.Context, d *db.DB, v auth.Visit, u U) error {
	if err := a.takeMail(ctx, d, v, u.Account()); err != nil {
		return err
	}
	return d.Do(ctx, func(ctx context.Context, s *db.Session) error { return a.welcome(ctx, s, u) })
}

// takeMail counts a mail that a user asks for, before it is enqueued: for the user,
// wherever they are, and for the place, however many users are there.
func (a *Accounts[U]) takeMail(ctx context.Context, d *db.DB, v auth.Visit, of Account) error {
	_, err := auth.Take(ctx, d, a.pair.Of("mail "+of.Subject), a.place.Of("mail "+auth.Network(v.Client)))
	return err
}

// welcome enqueues the mail that welcomes a user and asks to confirm the address.
func (a *Accounts[U]) welcome(ctx context.Context, s *db.Session, u U) error {
	acc := u.Account()
	return jobs.Enqueue(ctx, s, Mail{What: MailWelcome, Email: acc.Email, Subject: acc.Subject})
}
