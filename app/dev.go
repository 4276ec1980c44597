package app

import (
	"context"

	"github.com/terem-go/terem/internal/dev"
)

type devCommand struct{}

// Run serves what the current folder holds, which is not this program for long.
// Main calls it before the application is put together: whatever is wrong with
// it is to be shown.
func (devCommand) Run(ctx context.Context) error { return dev.Run(ctx, dev.Config{}) }
