package app

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

type routesCommand struct {
	JSON bool `help:"Print JSON."`
}

func (c routesCommand) Run(a *App, out io.Writer) error {
	if err := a.check(); err != nil {
		return err
	}
	routes := a.api.Routes()
	if c.JSON {
		return printJSON(out, routes)
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "METHOD\tPATH\tHANDLER\tSESSION\tPOLICY\tDEPENDENCIES\tPLACE")
	for _, r := range routes {
		fmt.Fprintln(w, strings.Join([]string{r.Method, r.Path, r.Handler, r.Session, r.Policy, strings.Join(r.Dependencies, ","), r.Place}, "\t"))
	}
	return w.Flush()
}
