package cli

import (
	"context"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/terem-go/terem/internal/change"
	"github.com/terem-go/terem/internal/scaffold/domain"
)

// removeDomain is the verb remove domain.
type removeDomain struct {
	Name   string `arg:"" help:"The domain."`
	Drop   bool   `help:"Write a migration that drops the table, even where the domain's own could be deleted."`
	Force  bool   `help:"Delete files that were changed by hand, too, and leave changed lines elsewhere."`
	DryRun bool   `help:"Print what would be done, and do nothing."`
	Dir    string `type:"application" default:"." help:"The application's folder; the current one by default."`
}

// Help is shown below the flags' help.
func (removeDomain) Help() string {
	return `It undoes what terem add domain has written, unless something else needs the domain. Migrations that are the newest and that git does not know are deleted; otherwise a new one drops the table.

A database where a deleted migration was applied keeps the table. So type there before: go run . migrate down`
}

// Run removes the domain.
func (r *removeDomain) Run(ctx context.Context, c *console) error {
	s, err := change.Open(r.Dir)
	if err != nil {
		return err
	}
	removed, err := domain.Remove(s, domain.RemoveOptions{Name: r.Name, Drop: r.Drop, Force: r.Force})
	if err := c.apply(ctx, s, r.DryRun, err); err != nil || r.DryRun {
		return err
	}
	if left := r.left(); len(left) > 0 {
		c.say("Left in place, because terem has not written it: %s", strings.Join(left, ", "))
	}
	if removed.Deleted != nil {
		c.say("The migration is deleted. A database where it was applied still has the table: delete that database if it was for development, or write the domain once more, type go run . migrate down, and remove it again.")
		return nil
	}
	c.say("The table is dropped by a migration. Read it, then apply it: go run . migrate up")
	return nil
}

// left are the files that are still in the domain's folder.
func (r *removeDomain) left() []string {
	folder := strings.ReplaceAll(r.Name, "_", "")
	entries, _ := os.ReadDir(filepath.Join(r.Dir, folder)) // it is gone, as a rule
	var list []string
	for _, e := range entries {
		list = append(list, path.Join(folder, e.Name()))
	}
	return list
}
