package accounts

import (
	"context"

	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
)

// BeginFactor makes the secret of a second factor for a user who knows their
// password, and returns it, also as what an authenticator app reads from a QR code.
// It returns ErrWrongPassword or auth.ErrFactorOn.
func (a *Accounts[U]) BeginFactor(ctx context.Context, d *db.DB, v auth.Visit, u U, password string) (secret, uri string, err error) {
	if err := a.Prove(ctx, d, v, u, password); err != nil {
		return "", "", err
	}
	acc := u.Account()
	err = d.Do(ctx, func(ctx context.Context, s *db.Session) error {
		secret, uri, err = a.factors.Begin(ctx, s, acc.Subject, acc.Email)
		return err
	})
	return secret, uri, err
}

// ConfirmFactor turns a second factor on with a code of the app, and returns the
// recovery codes, which are shown once. It returns auth.ErrWrongCode,
// auth.ErrFactorOff or auth.ErrFactorOn.
func (a *Accounts[U]) ConfirmFactor(ctx context.Context, s *db.Session, v auth.Visit, u U, code string) (recovery []string, err error) {
	acc := u.Account()
	if recovery, err = a.factors.Confirm(ctx, s, acc.Subject, code); err != nil {
		return nil, err
	}
	if err := a.note(ctx, s, v, acc, acc, "factor_on"); err != nil {
		return nil, err
	}
	return recovery, a.tell(ctx, s, acc, "An authenticator app was set up for your account: from now on you are asked for its code. If it was not you, change your password at once.")
}

// EndFactor turns the second factor of a user off who knows their password.
func (a *Accounts[U]) EndFactor(ctx context.Context, d *db.DB, v auth.Visit, u U, password string) error {
	if err := a.Prove(ctx, d, v, u, password); err != nil {
		return err
	}
	acc := u.Account()
	return d.Do(ctx, func(ctx context.Context, s *db.Session) error {
		if err := a.factors.End(ctx, s, acc.Subject); err != nil {
			return err
		}
		if err := a.note(ctx, s, v, acc, acc, "factor_off"); err != nil {
			return err
		}
		return a.tell(ctx, s, acc, "The authenticator app of your account was turned off. If it was not you, change your password at once.")
	})
}

// HasFactor reports whether a user has a second factor.
func (a *Accounts[U]) HasFactor(ctx context.Context, q db.Querier, u U) (bool, error) {
	return a.factors.On(ctx, q, u.Account().Subject)
}
