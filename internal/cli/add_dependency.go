package cli

import (
	"context"

	"github.com/terem-go/terem/internal/change"
	"github.com/terem-go/terem/internal/scaffold/addition"
)

// addDependency is the verb add dependency.
type addDependency struct {
	Domain string `arg:"" help:"The domain that offers it: orders."`
	Name   string `arg:"" help:"What it is called: current_cart, or as the type, CurrentCart."`

	addPart `embed:""`
}

// Help is shown below the flags' help.
func (addDependency) Help() string {
	return `It writes the type, the function that makes it of a request, and a test, and registers the function. Every handler whose input has a field of the type gets it then. What it holds and how it is made is then written by hand.`
}

// Run adds the dependency.
func (a *addDependency) Run(ctx context.Context, c *console) error {
	s, err := change.Open(a.Dir)
	if err != nil {
		return err
	}
	typ, err := addition.Dependency(s, a.Domain, a.Name)
	if err == nil {
		err = addition.Check(ctx, s)
	}
	if err := c.apply(ctx, s, a.DryRun, err); err != nil || a.DryRun {
		return err
	}
	c.say("Handlers get it by a field of their input: %s.%s. What it holds is to be filled in.", a.Domain, typ)
	return nil
}
