package cli

import (
	"context"

	"github.com/terem-go/terem/internal/change"
	"github.com/terem-go/terem/internal/scaffold/addition"
	"github.com/terem-go/terem/internal/scaffold/domain"
)

// addField is the verb add field.
type addField struct {
	Domain string   `arg:"" help:"The domain: orders."`
	Field  string   `arg:"" help:"The field, as NAME:TYPE; see above."`
	Fill   []string `sep:"none" placeholder:"COLUMN:SQL" help:"The value that rows get which are there already, quoted for the shell: \"orders.note:'none'\". A field that cannot be NULL needs it."`
	Table  string   `placeholder:"NAME" help:"Which of the domain's tables, if it has several."`

	addPart `embed:""`
}

// Help is shown below the flags' help.
func (addField) Help() string {
	return `It adds the field to the model, to the schemas that create, change and show a row, to the filter and the order of lists, and to what the tests send, and writes the migration of both databases. What was changed by hand stays; where there is no place any more, it says what to add, and changes nothing.

` + domain.FieldHelp + `

An owner concerns every route of a domain: name it when the domain is made. A value that no two rows have must be able to be NULL, since rows are there already: 'code:string(20)?!'.`
}

// Run adds the field.
func (a *addField) Run(ctx context.Context, c *console) error {
	s, err := change.Open(a.Dir)
	if err != nil {
		return err
	}
	accepted, err := addition.Field(s, a.Domain, a.Field, addition.FieldOptions{Table: a.Table, Fills: a.Fill})
	if err == nil {
		err = addition.Check(ctx, s)
	}
	if err := c.apply(ctx, s, a.DryRun, err); err != nil || a.DryRun {
		return err
	}
	for _, finding := range accepted {
		c.say("  Mind: %s", finding)
	}
	c.say("Read the migrations, then apply them: go run . migrate up")
	return nil
}
