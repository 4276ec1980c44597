package cli

import (
	"cmp"
	"context"

	"github.com/terem-go/terem/internal/structure"
)

// routesCommand is the verb routes.
type routesCommand struct{ reading }

// Help is shown below the flags' help.
func (routesCommand) Help() string {
	return `It reads the source: the application need not run, but must compile. Routes of the library, such as /healthz, are not in it; those are shown by: go run . routes

Where a path is put together while the program runs, its place is told on standard error. --json has the dependencies, the schemas, the declared errors, and what a request runs through: functions with the tables that they read and write.`
}

// Run prints the routes.
func (r *routesCommand) Run(ctx context.Context, c *console) error {
	app, err := r.read(ctx, c)
	if err != nil {
		return err
	}
	routes := []*structure.Route{}
	rows := [][]string{{"METHOD", "PATH", "SESSION", "POLICY", "HANDLER", "PLACE"}}
	for _, x := range app.Routes {
		if r.shows(x.Room) {
			routes = append(routes, x)
			rows = append(rows, []string{cmp.Or(x.Method, "any"), x.Path, x.Session, x.Policy, x.Handler, x.At.String()})
		}
	}
	switch {
	case r.JSON:
		return c.json(routes)
	case len(routes) == 0:
		c.say("no routes")
	default:
		c.table(rows, 4)
	}
	return nil
}
