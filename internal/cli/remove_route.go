package cli

import (
	"context"

	"github.com/terem-go/terem/internal/scaffold/addition"
)

// removeRoute is the verb remove route.
type removeRoute struct {
	Domain  string `arg:"" help:"The domain: orders."`
	Handler string `arg:"" help:"The name of its handler: refund."`

	removePart `embed:""`
}

// Run removes the route.
func (r *removeRoute) Run(ctx context.Context, c *console) error {
	return r.remove(ctx, c, addition.RouteVerb, r.Domain+"."+r.Handler)
}
