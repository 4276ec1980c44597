package cli

import (
	"context"

	"github.com/terem-go/terem/internal/change"
	"github.com/terem-go/terem/internal/scaffold/addition"
)

// addRoute is the verb add route.
type addRoute struct {
	Domain string `arg:"" help:"The domain: orders."`
	Method string `arg:"" help:"GET, POST, PUT, PATCH or DELETE."`
	Path   string `arg:"" help:"The path below that of the domain's other routes: /{id}/refund."`
	Policy string `placeholder:"POLICY" help:"Who may call it: users.Required, users.Superuser, users.Need(\"orders.refund\"), api.Public or another policy. By default that of the domain's own route which gets or changes a row."`
	Reads  bool   `xor:"session" help:"The handler has a *db.Reader, as that of a GET has by default."`
	Writes bool   `xor:"session" help:"The handler has a *db.Session, as others have by default."`
	DB     bool   `name:"db" xor:"session" help:"The handler has a *db.DB, for what hashes, calls others or streams."`
	Name   string `placeholder:"NAME" help:"The handler's name, made from the path by default: refund."`

	addPart `embed:""`
}

// Help is shown below the flags' help.
func (addRoute) Help() string {
	return `It registers the route and writes its handler, its input and a test, which passes. Where the path has {id}, the handler returns that row as it is; otherwise it answers with 204. What it is to do is then written by hand.`
}

// Run adds the route.
func (a *addRoute) Run(ctx context.Context, c *console) error {
	s, err := change.Open(a.Dir)
	if err != nil {
		return err
	}
	o := addition.RouteOptions{Policy: a.Policy, Name: a.Name}
	switch {
	case a.Reads:
		o.Session = addition.Reads
	case a.Writes:
		o.Session = addition.Writes
	case a.DB:
		o.Session = addition.Database
	}
	added, err := addition.Route(s, a.Domain, a.Method, a.Path, o)
	if err == nil {
		err = addition.Check(ctx, s)
	}
	if err := c.apply(ctx, s, a.DryRun, err); err != nil || a.DryRun {
		return err
	}
	c.say("The route is %s /api%s. Its handler, %s, is to be filled in.", a.Method, added.Path, added.Name)
	if !added.Test {
		c.say("It has no test: the domain's tests or the policy are not those that terem knows.")
	}
	return nil
}
