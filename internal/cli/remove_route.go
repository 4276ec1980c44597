package cli

import (
	"context"

	"github.com/terem-go/terem/internal/change"
	"github.com/terem-go/terem/internal/scaffold/addition"
)

// removeRoute is the verb remove route.
type removeRoute struct {
	Domain  string `arg:"" help:"The domain: orders."`
	Handler string `arg:"" help:"The name of its handler: refund."`
	Force   bool   `help:"Leave lines that were changed by hand, as long as it compiles."`
	DryRun  bool   `help:"Print what would be changed, and change nothing."`
	Dir     string `type:"application" default:"." help:"The application's folder; the current one by default."`
}

// Run removes the route.
func (r *removeRoute) Run(ctx context.Context, c *console) error {
	s, err := change.Open(r.Dir)
	if err != nil {
		return err
	}
	_, err = addition.Remove(ctx, s, addition.RouteVerb, r.Domain+"."+r.Handler, addition.RemoveOptions{Force: r.Force})
	return c.apply(ctx, s, r.DryRun, err)
}
