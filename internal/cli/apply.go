package cli

import (
	"context"
	"fmt"

	"github.com/terem-go/terem/internal/change"
)

// apply does what a verb has collected, or prints it, unless collecting it has
// failed.
func (c *console) apply(ctx context.Context, s *change.Set, dryRun bool, err error) error {
	if err != nil {
		return fmt.Errorf("nothing was changed: %w", err)
	}
	if dryRun {
		return s.Print(c.out)
	}
	list := s.Changes()
	if err := s.Apply(ctx); err != nil {
		return err
	}
	c.describe(list)
	return nil
}

// describe says what has become of files.
func (c *console) describe(list []change.Change) {
	for _, f := range list {
		switch {
		case f.Path == change.ManifestPath:
		case f.Old == nil:
			c.say("Wrote %s", f.Path)
		case f.New == nil:
			c.say("Deleted %s", f.Path)
		default:
			c.say("Changed %s", f.Path)
		}
	}
}
