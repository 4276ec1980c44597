package app

import (
	"errors"
	"fmt"
	"io"
)

type staticCommand struct {
	Dir string `arg:"" help:"The folder, which is made if need be."`
}

// Run writes the assets for a server such as nginx.
func (c *staticCommand) Run(a *App, out io.Writer) error {
	if a.config.Assets == nil {
		return errors.New("this application has no assets")
	}
	if err := a.config.Assets.Write(c.Dir); err != nil {
		return err
	}
	fmt.Fprintf(out, "wrote the assets to %s; serve it at %s\n", c.Dir, a.config.Assets.Prefix())
	return nil
}
