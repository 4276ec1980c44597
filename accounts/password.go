package accounts

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
	"github.com/terem-go/terem/jobs"
)

// What links are for.
const (
	linkConfirm = "confirm an address"
	linkReset   = "choose a new password"
)

// ChangePassword gives a user who knows their password another one. It ends all
// their logins but one, that of who asks (0 for none), and all links that were mailed.
func (a *Accounts[U]) ChangePassword(ctx context.Context, d *db.DB, v auth.Visit, u U, login int64, current, password string) error {
	if err := a.Prove(ctx, d, v, u, current); err != nil {
		return err
	}
	acc := u.Account()
	hash, err := a.hash(ctx, password, acc)
	if err != nil {
		return err
	}
	return d.Do(ctx, func(ctx context.Context, s *db.Session) error {
		// Again: the owner may have chosen another one while this was hashed.
		if _, err := a.same(ctx, s, acc); errors.Is(err, auth.ErrWrongPassword) {
			return ErrWrongPassword.Wrap(err)
		} else if err != nil {
			return err
		}
		return a.setPassword(ctx, s, v, acc, login, hash, "password_changed")
	})
}

func (a *Accounts[U]) setPassword(ctx context.Context, s *db.Session, v auth.Visit, of Account, login int64, hash, action string) error {
	if err := a.users.SetPassword(ctx, s, of.Subject, hash); err != nil {
		return err
	}
	if err := a.logOutAll(ctx, s, of, login); err != nil {
		return err
	}
	// Whoever was let in by the old password may have asked for these.
	for _, purpose := range []string{linkReset, linkConfirm} {
		if err := a.links.Cancel(ctx, s, purpose, of.Subject); err != nil {
			return err
		}
	}
	if err := a.note(ctx, s, v, of, of, action); err != nil {
		return err
	}
	return a.tell(ctx, s, of, "Your password was changed, and you were logged out everywhere else. If it was not you, ask for a new password at once.")
}

// AskReset enqueues the mail by which whoever has an address chooses a new
// password. It does the same for an address that nobody has registered. It returns
// auth.ErrTooMany for who asks too often.
func (a *Accounts[U]) AskReset(ctx context.Context, d *db.DB, v auth.Visit, email string) error {
	own, shared := a.attempts("reset ", email, v)
	if _, err := auth.Take(ctx, d, slices.Concat(own, shared)...); err != nil {
		return err
	}
	return d.Do(ctx, func(ctx context.Context, s *db.Session) error {
		return jobs.Enqueue(ctx, s, Mail{What: MailReset, Email: email})
	})
}

// Reset gives the user of a link another password, and ends all their logins. That
// they have the mail confirms their address. It also forgets the attempts at their
// account, and returns the cookie by which it knows their browser, so that they log in
// however many others guess. It returns auth.ErrLinkOver, and the errors of the policy,
// which leave the link as it is.
func (a *Accounts[U]) Reset(ctx context.Context, d *db.DB, v auth.Visit, token, password string) (*http.Cookie, error) {
	var acc Account
	err := d.Read(ctx, func(ctx context.Context, r *db.Reader) (err error) {
		acc, err = a.resetting(ctx, r, token)
		return err
	})
	if err != nil {
		return nil, err
	}
	hash, err := a.hash(ctx, password, acc)
	if err != nil {
		return nil, err
	}
	err = d.Do(ctx, func(ctx context.Context, s *db.Session) error {
		// Again: the address may have become another while the password was hashed.
		if _, err := a.resetting(ctx, s, token); err != nil {
			return err
		}
		if _, _, err := a.links.Use(ctx, s, linkReset, token); err != nil {
			return err
		}
		if err := a.users.SetEmail(ctx, s, acc.Subject, acc.Email); err != nil {
			return err
		}
		own, _ := a.attempts("", acc.Email, v)
		if err := auth.Forgive(ctx, s, append(own, a.known.Of(typed(acc.Email)))...); err != nil {
			return err
		}
		return a.setPassword(ctx, s, v, acc, 0, hash, "password_reset")
	})
	if err != nil {
		return nil, err
	}
	return a.remember(acc.Email), nil
}

// CheckReset returns auth.ErrLinkOver unless the token of a link for a new password
// still works, for the page that it leads to.
func (a *Accounts[U]) CheckReset(ctx context.Context, q db.Querier, token string) error {
	_, err := a.resetting(ctx, q, token)
	return err
}

// resetting returns whose link a token is. One who has another address since gets a
// new link there.
func (a *Accounts[U]) resetting(ctx context.Context, q db.Querier, token string) (Account, error) {
	subject, email, err := a.links.Look(ctx, q, linkReset, token)
	if err != nil {
		return Account{}, err
	}
	u, err := a.users.BySubject(ctx, q, subject)
	if errs.HasKind(err, errs.NotFound) || err == nil && u.Account().Email != email {
		return Account{}, auth.ErrLinkOver.Wrap(err)
	}
	if err != nil {
		return Account{}, err
	}
	return u.Account(), nil
}

// AskEmail enqueues the mail by which a user who knows their password confirms
// another address, in the form in which it is stored, and tells the old one. Until
// then nothing changes. It returns ErrWrongPassword, or auth.ErrTooMany for who guesses
// passwords or asks for mails too often.
func (a *Accounts[U]) AskEmail(ctx context.Context, d *db.DB, v auth.Visit, u U, password, email string) error {
	if err := a.Prove(ctx, d, v, u, password); err != nil {
		return err
	}
	acc := u.Account()
	if err := a.takeMail(ctx, d, v, acc); err != nil {
		return err
	}
	return d.Do(ctx, func(ctx context.Context, s *db.Session) error {
		if err := jobs.Enqueue(ctx, s, Mail{What: MailConfirm, Email: email, Subject: acc.Subject, Account: acc.fingerprint()}); err != nil {
			return err
		}
		if err := a.note(ctx, s, v, acc, acc, "email_asked"); err != nil {
			return err
		}
		return a.tell(ctx, s, acc, "Another e-mail address was given for your account, and waits to be confirmed there. If it was not you, change your password at once.")
	})
}

// Confirm makes the address of a link that of its user. It returns auth.ErrLinkOver,
// also for who has another address than when the link was made, or the error of the
// store when somebody else has the address by now.
func (a *Accounts[U]) Confirm(ctx context.Context, s *db.Session, v auth.Visit, token string) error {
	subject, data, err := a.links.Use(ctx, s, linkConfirm, token)
	if err != nil {
		return err
	}
	from, email, _ := strings.Cut(data, fromTo)
	u, err := a.users.BySubject(ctx, s, subject)
	if errs.HasKind(err, errs.NotFound) || err == nil && u.Account().Email != from {
		return auth.ErrLinkOver.Wrap(err)
	}
	if err != nil {
		return err
	}
	if err := a.users.SetEmail(ctx, s, subject, email); err != nil {
		return err
	}
	return a.Note(ctx, s, v, u, u, "email_confirmed")
}
