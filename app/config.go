package app

import "io"

type configCommand struct {
	JSON bool `help:"Print JSON."`
}

func (c configCommand) Run(a *App, out io.Writer) error {
	if c.JSON {
		return printJSON(out, a.config.Settings)
	}
	return a.config.Settings.WriteTable(out)
}
