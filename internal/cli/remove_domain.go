package cli

import (
	"context"
	"errors"
)

// removeDomain is the verb remove domain.
type removeDomain struct {
	Name string `arg:"" help:"The domain."`
	Dir  string `default:"." help:"The application's folder; the current one by default."`
}

// Run removes the domain.
func (r *removeDomain) Run(ctx context.Context, c *console) error {
	return errors.New("nothing was removed: this is not finished yet")
}
