package cli

import (
	"context"

	"github.com/terem-go/terem/internal/scaffold/addition"
	"github.com/terem-go/terem/internal/scaffold/domain"
)

// removeDependency is the verb remove dependency.
type removeDependency struct {
	Domain string `arg:"" help:"The domain that offers it: orders."`
	Name   string `arg:"" help:"What it is called: current_cart or CurrentCart."`

	removePart `embed:""`
}

// Run removes the dependency.
func (r *removeDependency) Run(ctx context.Context, c *console) error {
	return r.remove(ctx, c, addition.DependencyVerb, r.Domain+"."+domain.GoName(r.Name))
}
