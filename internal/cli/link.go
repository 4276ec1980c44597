package cli

import (
	"context"

	"github.com/terem-go/terem/internal/application"
	"github.com/terem-go/terem/internal/change"
	"github.com/terem-go/terem/internal/scaffold/parts"
)

// linkCommand is the verb link.
type linkCommand struct {
	Domain string `arg:"" help:"The domain that calls, such as orders."`
	Method string `arg:"" help:"What it calls: users.Balance, or users.Auth.LogOut where several have a method of that name."`
	As     string `placeholder:"NAME" help:"The name of the interface; that of the other domain's field with the method by default."`

	addPart `embed:""`
}

// Help is shown below the flags' help.
func (linkCommand) Help() string {
	return `It writes a small interface into dependencies.go of the domain that calls, a field of its Domain and Router that holds it, and into main.go the statement that hands it over. So no cycle of imports arises, whichever way domains need each other:

  d.orders.Users = d.users.Users

A handler calls rt.users.Balance(ctx, r, id). A link to a second method of the same field becomes one more method of the interface.`
}

// Run writes the link.
func (l *linkCommand) Run(ctx context.Context, c *console) error {
	args := []string{l.Domain, l.Method}
	if l.As != "" {
		args = append(args, "--as", l.As)
	}
	k := parts.Link{Domain: l.Domain, Method: l.Method, As: l.As}
	return l.write(ctx, c, "link", l.Domain+" "+l.Method, args, func(app *application.Application, set *change.Set) error {
		return k.Add(ctx, app, set)
	})
}

// unlinkCommand is the verb unlink.
type unlinkCommand struct {
	Domain string `arg:"" help:"The domain that calls, such as orders."`
	Method string `arg:"" help:"What it calls, such as users.Balance."`

	removePart `embed:""`
}

// Run removes the link.
func (u *unlinkCommand) Run(ctx context.Context, c *console) error {
	return u.remove(ctx, c, "link", u.Domain+" "+u.Method)
}
