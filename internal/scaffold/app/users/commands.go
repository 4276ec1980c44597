package users

import (
	"cmp"
	"context"
	"fmt"
	"io"

	"github.com/terem-go/terem/accounts"
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
)

// userCommand is the command user of the application.
type userCommand struct {
	Create createCommand `cmd:"" help:"Create a user. The password is asked for, or read from the first line of standard input."`
	accounts.Commands[*User]
}

type createCommand struct {
	auth *Auth

	Email     string `required:"" help:"The address to log in with."`
	Name      string `help:"The name to show; the address by default."`
	Superuser bool   `help:"Let the user manage all users."`
}

// Run creates the user.
func (c *createCommand) Run(ctx context.Context, database *db.DB, out io.Writer) error {
	password, err := app.ReadPassword(out)
	if err != nil {
		return err
	}
	created, err := c.auth.Register(ctx, database, auth.Visit{Device: "user create"}, User{Email: c.Email, Name: cmp.Or(c.Name, c.Email), Role: RoleMember, IsSuperuser: c.Superuser}, password)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "created user %d, %s\n", created.ID, created.Email)
	return nil
}
