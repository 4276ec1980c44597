package cli

import (
	"context"
	"strings"

	"github.com/terem-go/terem/internal/scaffold/parts"
)

// addService is the verb add service.
type addService struct {
	Name string   `arg:"" help:"The service, which is its folder in services/ and its package: checkout."`
	Uses []string `placeholder:"DOMAIN" help:"The domains whose repositories it works with: orders,users. Without them it is one that calls an outside system."`
	For  string   `enum:"pages,tasks" default:"pages" help:"Who calls it, and is given it by main: pages or tasks."`

	addPart `embed:""`
}

// Help is shown below the flags' help.
func (addService) Help() string {
	return `It writes services/NAME with a Config, a Service, New and one method, Run, which works in its caller's session, and its test. Without --uses, Run takes no session and calls an outside system. main.go makes the service and hands it to the pages or tasks.

A domain never calls a service: what a domain's route needs of another domain is a link, see terem link.`
}

// Run writes the service.
func (a *addService) Run(ctx context.Context, c *console) error {
	s := parts.Service{Name: a.Name, Uses: a.Uses, For: a.For}
	args := []string{a.Name, "--for", a.For}
	if len(a.Uses) > 0 {
		args = []string{a.Name, "--uses", strings.Join(a.Uses, ","), "--for", a.For}
	}
	err := a.write(ctx, c, "add service", a.Name, args, s.Add)
	if err != nil || a.DryRun {
		return err
	}
	c.say("The use case goes into its method Run, which %s call.", a.For)
	return nil
}

// removeService is the verb remove service.
type removeService struct {
	Name string `arg:"" help:"The service."`

	removePart `embed:""`
}

// Run removes the service.
func (r *removeService) Run(ctx context.Context, c *console) error {
	return r.remove(ctx, c, "add service", r.Name)
}
