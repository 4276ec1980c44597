package cli

import (
	"context"

	"github.com/terem-go/terem/internal/change"
	"github.com/terem-go/terem/internal/scaffold/addition"
	"github.com/terem-go/terem/internal/scaffold/domain"
)

// removeDependency is the verb remove dependency.
type removeDependency struct {
	Domain string `arg:"" help:"The domain that offers it: orders."`
	Name   string `arg:"" help:"What it is called: current_cart or CurrentCart."`
	Force  bool   `help:"Leave lines that were changed by hand, as long as it compiles."`
	DryRun bool   `help:"Print what would be changed, and change nothing."`
	Dir    string `type:"application" default:"." help:"The application's folder; the current one by default."`
}

// Run removes the dependency.
func (r *removeDependency) Run(ctx context.Context, c *console) error {
	s, err := change.Open(r.Dir)
	if err != nil {
		return err
	}
	_, err = addition.Remove(ctx, s, addition.DependencyVerb, r.Domain+"."+domain.GoName(r.Name), addition.RemoveOptions{Force: r.Force})
	return c.apply(ctx, s, r.DryRun, err)
}
