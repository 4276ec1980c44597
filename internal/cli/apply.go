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
