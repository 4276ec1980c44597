package cli

import (
	"context"
	"strings"

	"github.com/terem-go/terem/internal/scaffold/parts"
)

// addPage is the verb add page.
type addPage struct {
	Path   string `arg:"" help:"Its path, such as about or orders/{id}."`
	Policy string `default:"api.Public" help:"Who may see it: api.Public, users.Member, or a policy of your own."`

	addPart `embed:""`
}

// Help is shown below the flags' help.
func (addPage) Help() string {
	return `It writes the handler into pages/ with its test and its template, and the route into pages/router.go. In a path, {id} is a number, any other {name} is text.`
}

// Run writes the page.
func (a *addPage) Run(ctx context.Context, c *console) error {
	p := parts.Page{Path: a.Path, Policy: a.Policy}
	name := strings.Trim(a.Path, "/")
	if err := a.write(ctx, c, "add page", name, []string{name, "--policy", a.Policy}, p.Add); err != nil || a.DryRun {
		return err
	}
	c.say("No page leads there yet: link to /%s where people look for it.", name)
	return nil
}

// removePage is the verb remove page.
type removePage struct {
	Path string `arg:"" help:"Its path, such as about."`

	removePart `embed:""`
}

// Run removes the page.
func (r *removePage) Run(ctx context.Context, c *console) error {
	return r.remove(ctx, c, "add page", strings.Trim(r.Path, "/"))
}
