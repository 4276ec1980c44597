package cli

import (
	"context"
	"errors"
)

// addDomain is the verb add domain.
type addDomain struct {
	Name   string   `arg:"" help:"The domain, which is also its table: orders."`
	Fields []string `arg:"" optional:"" help:"Its fields, as name:type."`
	Dir    string   `default:"." help:"The application's folder; the current one by default."`
}

// Run writes the domain.
func (a *addDomain) Run(ctx context.Context, c *console) error {
	return errors.New("nothing was written: this is not finished yet")
}
