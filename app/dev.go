package app

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/terem-go/terem/internal/dev"
)

type devCommand struct{}

// Run serves what the current folder holds, which is not this program for long.
func (devCommand) Run(ctx context.Context, out io.Writer) error {
	return dev.Run(ctx, dev.Config{Out: out, Err: os.Stderr})
}

// empty stands for the application in the command dev, which shows what is wrong
// with the application rather than end by it, and in help.
func empty(context.Context) (*App, error) {
	return New(Config{Name: strings.TrimSuffix(filepath.Base(os.Args[0]), ".exe")}), nil
}
