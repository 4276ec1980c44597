package accounts

import (
	"context"
	"errors"
	"slices"

	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
)

// Register checks and hashes the password of a new user, has create insert them in a
// session, and enqueues their welcome. who says what the password must not be made
// of: its Email and Name.
//
// Errors are those of the policy, auth.ErrTooMany for who registers too many from one
// place, auth.ErrBusy, and those of create. Where accounts are hidden, an error
// of the kind errs.Conflict is not returned: whoever has the address is told by mail,
// and nobody else learns of it. Answer in both cases with what was sent, and with
// nothing that the database has given. See Hides for whom that is.
func (a *Accounts[U]) Register(ctx context.Context, d *db.DB, v auth.Visit, who Account, password string, create func(ctx context.Context, s *db.Session, hash string) (U, error)) error {
	if err := a.passwords.Check(password, who.Email, who.Name, a.name); err != nil {
		return err
	}
	if v.Client != "" { // else they are at the machine
		if _, err := auth.Take(ctx, d, a.registrations.Of(auth.Network(v.Client))); err != nil {
			return err
		}
	}
	hash, err := a.passwords.Hash(ctx, password)
	if err != nil {
		return err
	}
	err = d.Do(ctx, func(ctx context.Context, s *db.Session) error {
		u, err := create(ctx, s, hash)
		if err != nil {
			return err
		}
		if err := a.Note(ctx, s, v, u, u, "registered"); err != nil {
			return err
		}
		return a.welcome(ctx, s, u)
	})
	if a.Hides(v) && errs.HasKind(err, errs.Conflict) {
		own, shared := a.attempts("register ", who.Email, v)
		if _, err := auth.Take(ctx, d, slices.Concat(own, shared)...); errors.Is(err, auth.ErrTooMany) {
			return nil // they have been told, and who asks learns nothing
		} else if err != nil {
			return err
		}
		return d.Do(ctx, func(ctx context.Context, s *db.Session) error {
			return a.tell(ctx, s, Account{Email: who.Email}, "Somebody has tried to register with your address, which has an account already.")
		})
	}
	return err
}

// Hides reports whether accounts are hidden from who registers by a visit: if
// Config.Hide says so, from everybody but who is at the machine, by a visit that has
// neither a client's address nor a request.
func (a *Accounts[U]) Hides(v auth.Visit) bool { return a.hide && (v.Client != "" || v.Request != "") }

// hash checks a new password and hashes it. That takes long and much memory: never
// while a session is open.
func (a *Accounts[U]) hash(ctx context.Context, password string, of Account) (string, error) {
	if err := a.passwords.Check(password, of.Email, of.Name, a.name); err != nil {
		return "", err
	}
	return a.passwords.Hash(ctx, password)
}
