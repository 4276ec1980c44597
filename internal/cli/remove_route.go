package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/terem-go/terem/internal/change"
	"github.com/terem-go/terem/internal/scaffold/addition"
)

// removeRoute is the verb remove route.
type removeRoute struct {
	Domain string   `arg:"" help:"The domain: orders."`
	Route  []string `arg:"" help:"The route as it was added: POST /{id}/refund. Or the name of its handler: refund."`

	removePart `embed:""`
}

// Run removes the route.
func (r *removeRoute) Run(ctx context.Context, c *console) error {
	handler := strings.Join(r.Route, " ")
	if len(r.Route) > 1 {
		s, err := change.Open(r.Dir)
		if err != nil {
			return err
		}
		for _, e := range s.Manifest().Entries {
			if e.Verb == addition.RouteVerb && len(e.Args) > 2 && slices.Equal(e.Args[:3], append([]string{r.Domain}, r.Route...)) {
				handler = strings.TrimPrefix(e.Name, r.Domain+".")
			}
		}
	}
	return r.remove(ctx, c, addition.RouteVerb, r.Domain+"."+handler)
}
