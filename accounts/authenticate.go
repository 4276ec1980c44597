package accounts

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
)

// Authenticate returns the user with an address and a password, and with the code of
// their second factor, if they have one: "" otherwise. It returns
// auth.ErrWrongPassword for whatever is wrong with the first two, after as much time
// for an address that nobody has registered; then ErrCodeNeeded or
// auth.ErrWrongCode; auth.ErrTooMany for who tries too often; auth.ErrBusy.
//
// A password that was hashed with weaker parameters is hashed anew. What is wrong is
// noted in the audit log, and the tenth failure in a row is told by mail.
func (a *Accounts[U]) Authenticate(ctx context.Context, d *db.DB, v auth.Visit, email, password, code string) (u U, err error) {
	var none U
	own, shared := a.attempts("", email, v)
	attempts, err := auth.Take(ctx, d, slices.Concat(own, shared)...)
	if err != nil {
		return none, err
	}
	var acc Account
	err = d.Read(ctx, func(ctx context.Context, r *db.Reader) error {
		found, err := a.users.ByEmail(ctx, r, email)
		switch {
		case err == nil:
			u, acc = found, found.Account()
		case errs.HasKind(err, errs.NotFound): // and nothing else is different
			u, acc, err = none, Account{}, nil
		}
		return err
	})
	if err != nil {
		return none, err
	}
	fresh := ""
	outdated, err := a.passwords.Verify(ctx, acc.PasswordHash, password)
	if err == nil && outdated {
		fresh, err = a.passwords.Hash(ctx, password)
	}
	if err == nil {
		err = d.Do(ctx, func(ctx context.Context, s *db.Session) error {
			now, err := a.admit(ctx, s, acc, fresh, code)
			if err != nil {
				return err
			}
			u = now // what was read before may be of a replica: their tokens would be worth nothing
			if err := auth.Forgive(ctx, s, own...); err != nil {
				return err
			}
			return auth.GiveBack(ctx, s, shared...)
		})
	}
	if err != nil {
		if failed := a.refuse(ctx, d, v, acc, email, attempts[len(own)-1], err); failed != nil {
			err = failed
		}
		return none, err
	}
	return u, nil
}

// admit checks the second factor of a user who has one and whose password was right,
// writes the fresh hash of it, "" for none, and returns the user as they are now.
func (a *Accounts[U]) admit(ctx context.Context, s *db.Session, of Account, fresh, code string) (now U, err error) {
	if now, err = a.same(ctx, s, of); err != nil {
		return now, err
	}
	on, err := a.factors.On(ctx, s, of.Subject)
	switch {
	case err != nil:
		return now, err
	case on && code == "":
		return now, ErrCodeNeeded.Here()
	case on:
		if err := a.factors.Check(ctx, s, of.Subject, code); err != nil {
			return now, err
		}
	}
	if fresh == "" {
		return now, nil
	}
	return now, a.users.SetPassword(ctx, s, of.Subject, fresh)
}

// same returns the user of an account whose password was right, as they are now. It
// returns auth.ErrWrongPassword when they were deleted, or have chosen another password,
// since the account was read.
func (a *Accounts[U]) same(ctx context.Context, s *db.Session, of Account) (now U, err error) {
	now, err = a.lock(ctx, s, of)
	if err == nil && now.Account().PasswordHash != of.PasswordHash {
		err = auth.ErrWrongPassword.Here()
	}
	return now, err
}

// lock returns the user of an account as they are now, and keeps others from changing
// them. It returns auth.ErrWrongPassword when they were deleted.
func (a *Accounts[U]) lock(ctx context.Context, s *db.Session, of Account) (now U, err error) {
	now, err = a.users.Lock(ctx, s, of.Subject)
	if errs.HasKind(err, errs.NotFound) {
		err = auth.ErrWrongPassword.Wrap(err)
	}
	return now, err
}

// attempts are the counters of what is tried for a purpose. The account's own are
// that of the account from the place and that of the account, in this order, and the
// place's is shared with others. A browser that the account knows has a counter of its
// own, and one with all that the account knows, so that strangers do not slow it down,
// and whoever has got many of their cookies guesses no faster than strangers do.
// Attempts at one account count together, however its address is typed.
func (a *Accounts[U]) attempts(purpose, email string, v auth.Visit) (own, shared []auth.Throttled) {
	of, network := purpose+typed(email), auth.Network(v.Client)
	if device := a.knows(email, v); device != "" {
		return []auth.Throttled{a.pair.Of(of + " device " + device), a.known.Of(of)}, nil
	}
	return []auth.Throttled{a.pair.Of(of + " " + network), a.account.Of(of)}, []auth.Throttled{a.place.Of(purpose + network)}
}

// typed returns an address in the one form in which attempts at it are counted.
func typed(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// refuse notes that a login was refused, and why. At the tenth failure, and then every
// hundredth, it tells whoever has the address that somebody guesses. It does the same
// for an address that nobody has registered, whose entry names no user.
func (a *Accounts[U]) refuse(ctx context.Context, d *db.DB, v auth.Visit, of Account, email string, failures int, why error) error {
	var e *errs.Error
	if !errors.As(why, &e) || e.Kind != errs.Unauthenticated {
		return nil // it could not be decided
	}
	return d.Do(ctx, func(ctx context.Context, s *db.Session) error {
		event := auth.Event{Action: "accounts.login_refused", Detail: e.Code}
		if of.Subject != "" {
			event.Object = "users/" + of.Subject
		}
		if err := a.audit.Write(ctx, s, v, event); err != nil {
			return err
		}
		if failures != 10 && failures%100 != 0 {
			return nil
		}
		of.Email = cmp.Or(of.Email, email)
		return a.tell(ctx, s, of, "Somebody has failed to log in to your account many times. If it was not you, you need not do anything: attempts are slowed down.")
	})
}

// Prove returns ErrWrongPassword unless a user who is logged in knows their password,
// for what only they may do. Guesses are counted as those of who logs in.
func (a *Accounts[U]) Prove(ctx context.Context, d *db.DB, v auth.Visit, u U, password string) error {
	acc := u.Account()
	own, _ := a.attempts("", acc.Email, v)
	guesses := own[0]
	if _, err := auth.Take(ctx, d, guesses); err != nil {
		return err
	}
	_, err := a.passwords.Verify(ctx, acc.PasswordHash, password)
	if err == nil {
		err = d.Do(ctx, func(ctx context.Context, s *db.Session) error {
			if _, err := a.same(ctx, s, acc); err != nil {
				return err
			}
			return auth.Forgive(ctx, s, guesses)
		})
	}
	if errors.Is(err, auth.ErrWrongPassword) {
		if failed := d.Do(ctx, func(ctx context.Context, s *db.Session) error { return a.note(ctx, s, v, acc, acc, "proof_refused") }); failed != nil {
			return failed
		}
		return ErrWrongPassword.Wrap(err)
	}
	return err
}
