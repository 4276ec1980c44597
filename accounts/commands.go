package accounts

import (
	"context"
	"fmt"
	"io"

	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
)

// Commands are for who runs the application, at the machine. Embed them in the command
// that it has for its users; see Accounts.Commands.
type Commands[U User] struct {
	LogOut    logOutCommand[U]    `cmd:"" name:"logout" help:"End all logins of a user, and make their access tokens worthless."`
	FactorOff factorOffCommand[U] `cmd:"" name:"factor-off" help:"Turn off the second factor of a user who has lost it, and end all their logins. Make sure who they are first."`
}

// Commands returns the commands that end a user's logins, and turn their second factor
// off. The user is told by mail, and the audit log names nobody as the actor.
func (a *Accounts[U]) Commands() Commands[U] {
	return Commands[U]{LogOut: logOutCommand[U]{accounts: a}, FactorOff: factorOffCommand[U]{accounts: a}}
}

type logOutCommand[U User] struct {
	accounts *Accounts[U]

	Email string `required:"" help:"The user's address."`
}

// Run ends the logins.
func (c *logOutCommand[U]) Run(ctx context.Context, d *db.DB, out io.Writer) error {
	const notice = "Whoever runs the application has logged you out everywhere. Log in again."
	return c.accounts.operate(ctx, d, out, c.Email, "logins_ended", "logged out everywhere", notice, func(context.Context, *db.Session, string) error { return nil })
}

type factorOffCommand[U User] struct {
	accounts *Accounts[U]

	Email string `required:"" help:"The user's address."`
}

// Run turns the second factor off. The logins end, too: who has the app, lost or stolen,
// may be in one of them.
func (c *factorOffCommand[U]) Run(ctx context.Context, d *db.DB, out io.Writer) error {
	const notice = "Whoever runs the application has turned off the authenticator app of your account, and logged you out everywhere. If you have not asked for it, tell them at once."
	return c.accounts.operate(ctx, d, out, c.Email, "factor_off", "the second factor is off, and they are logged out everywhere", notice, func(ctx context.Context, s *db.Session, subject string) error {
		on, err := c.accounts.factors.On(ctx, s, subject)
		if err != nil {
			return err
		}
		if !on {
			return fmt.Errorf("%s has no second factor", c.Email)
		}
		return c.accounts.factors.End(ctx, s, subject)
	})
}

// operate does something to the user with an address, ends their logins, notes it, tells
// them, and prints what is done.
func (a *Accounts[U]) operate(ctx context.Context, d *db.DB, out io.Writer, email, action, done, notice string, do func(ctx context.Context, s *db.Session, subject string) error) error {
	var acc Account
	err := d.Do(ctx, func(ctx context.Context, s *db.Session) error {
		u, err := a.users.ByEmail(ctx, s, email)
		if err != nil {
			return fmt.Errorf("%s: %w", email, err)
		}
		acc = u.Account()
		if err := do(ctx, s, acc.Subject); err != nil {
			return err
		}
		if err := a.logOutAll(ctx, s, acc, 0); err != nil {
			return err
		}
		if err := a.note(ctx, s, auth.Visit{Device: "command"}, Account{}, acc, action); err != nil {
			return err
		}
		return a.tell(ctx, s, acc, notice)
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "user %s, %s: %s\n", acc.Subject, acc.Email, done)
	return nil
}
