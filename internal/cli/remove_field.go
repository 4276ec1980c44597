package cli

import (
	"context"

	"github.com/terem-go/terem/internal/change"
	"github.com/terem-go/terem/internal/scaffold/addition"
)

// removeField is the verb remove field.
type removeField struct {
	Domain string `arg:"" help:"The domain: orders."`
	Field  string `arg:"" help:"The column: note."`
	Drop   bool   `help:"Write a migration that drops the column, even where the one that added it could be deleted."`

	removePart `embed:""`
}

// Help is shown below the flags' help.
func (removeField) Help() string {
	return `It undoes what terem add field has written, unless code still uses the field. A migration that is the newest and that git does not know is deleted; otherwise a new one drops the column.

A database where a deleted migration was applied keeps the column. So type there before: go run . migrate down`
}

// Run removes the field.
func (r *removeField) Run(ctx context.Context, c *console) error {
	s, err := change.Open(r.Dir)
	if err != nil {
		return err
	}
	removed, err := addition.Remove(ctx, s, addition.FieldVerb, r.Domain+"."+r.Field, addition.RemoveOptions{Drop: r.Drop, Force: r.Force})
	if err := c.apply(ctx, s, r.DryRun, err); err != nil || r.DryRun {
		return err
	}
	if removed.Deleted {
		c.say("The migration is deleted. A database where it was applied still has the column: delete that database if it was for development, or add the field once more, type go run . migrate down, and remove it again.")
		return nil
	}
	c.say("The column is dropped by a migration. Read it, then apply it: go run . migrate up")
	return nil
}
