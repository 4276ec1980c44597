package cli

import (
	"context"

	"github.com/terem-go/terem/internal/dev"
)

// devCommand is the verb dev.
type devCommand struct {
	Dir string `type:"application" placeholder:"DIR" default:"." help:"The application's folder; the current one by default."`
}

// Help is shown below the flags' help.
func (devCommand) Help() string {
	return `A file that is saved is compiled at once. The old process goes on serving until the new one is ready; then open pages reload. Why it cannot be built or started is shown in them.

It is the same as the application's own command: go run . dev`
}

// Run serves the application until ctx ends.
func (d *devCommand) Run(ctx context.Context, c *console) error {
	return dev.Run(ctx, dev.Config{Dir: d.Dir, Out: c.out, Err: c.err})
}
