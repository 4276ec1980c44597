package cli

import (
	"context"

	"github.com/terem-go/terem/internal/change"
	"github.com/terem-go/terem/internal/scaffold/domain"
)

// addDomain is the verb add domain.
type addDomain struct {
	Name       string   `arg:"" help:"The domain, which is also its table: orders, order_items."`
	Fields     []string `arg:"" optional:"" help:"Its fields, as NAME:TYPE; see above."`
	Type       string   `placeholder:"NAME" help:"What a row is called in Go, such as Order. It is made from the domain's name by default."`
	SoftDelete bool     `help:"Mark rows that are deleted instead of deleting them."`
	API        bool     `name:"api" xor:"surface" help:"Write the API only, which is the default."`
	Pages      bool     `xor:"surface" help:"Write pages as well, on which people see and change rows."`

	addPart `embed:""`
}

// Help is shown below the flags' help.
func (addDomain) Help() string {
	return `It writes the folder of the domain with its tests, the migration of both databases, and what registers the domain in main.go. The user to whom a row belongs sees and changes it, and so do superusers; rows without an owner are read by everybody who is logged in, and changed by superusers.

` + domain.FieldHelp
}

// Run writes the domain.
func (a *addDomain) Run(ctx context.Context, c *console) error {
	s, err := change.Open(a.Dir)
	if err != nil {
		return err
	}
	o := domain.Options{Name: a.Name, Fields: a.Fields, Type: a.Type, SoftDelete: a.SoftDelete, Pages: a.Pages}
	d, err := domain.Add(s, o, a.args()...)
	if err := c.apply(ctx, s, a.DryRun, err); err != nil || a.DryRun {
		return err
	}
	c.say("Read the migrations, then apply them: go run . migrate up")
	c.say("The routes are /api/%s and /api/%s/{id}. Its tests: go test ./%s", d.Path, d.Path, d.Package)
	if a.Pages {
		c.say("The pages begin at /%s. Their tests: go test ./pages", d.Path)
	}
	return nil
}

// args are the command line behind the verb.
func (a *addDomain) args() []string {
	args := append([]string{a.Name}, a.Fields...)
	if a.Type != "" {
		args = append(args, "--type="+a.Type)
	}
	if a.SoftDelete {
		args = append(args, "--soft-delete")
	}
	if a.Pages {
		args = append(args, "--pages")
	}
	return args
}
