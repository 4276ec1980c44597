package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/terem-go/terem/internal/application"
	"github.com/terem-go/terem/internal/change"
)

// addPart are the flags of verbs that write a part of an application.
type addPart struct {
	DryRun bool   `help:"Print what would be written, and write nothing."`
	Dir    string `default:"." help:"The application's folder; the current one by default."`
}

// part is something that can be written into an application and taken back.
type part struct {
	verb string // such as add service
	name string // what tells it from others of the verb
	args []string
	add  func(*application.Application, *change.Set) error
	next string // what to do then
}

// write writes a part, all of it or nothing.
func (f addPart) write(ctx context.Context, c *console, p part) error {
	set, err := change.Open(f.Dir)
	if err != nil {
		return err
	}
	app, err := application.Open(f.Dir)
	if err != nil {
		return err
	}
	set.Record(p.verb, p.name, p.args...)
	if err := set.Err(); err != nil {
		return fmt.Errorf("nothing was changed: %w", err)
	}
	if err := p.add(app, set); err != nil {
		return fmt.Errorf("nothing was changed: %w", err)
	}
	if f.DryRun {
		return set.Print(c.out)
	}
	changes := set.Changes()
	if err := set.Apply(ctx); err != nil {
		return err
	}
	c.describe(changes)
	if p.next != "" {
		c.say("%s", p.next)
	}
	return nil
}

// removePart are the flags of verbs that take a part back.
type removePart struct {
	Force  bool   `help:"Remove files that have been changed since, and leave what cannot be found any more."`
	DryRun bool   `help:"Print what would be changed, and change nothing."`
	Dir    string `default:"." help:"The application's folder; the current one by default."`
}

// remove takes a part back, unless something else needs it.
func (f removePart) remove(ctx context.Context, c *console, verb, name string) error {
	set, err := change.Open(f.Dir)
	if err != nil {
		return err
	}
	app, err := application.Open(f.Dir)
	if err != nil {
		return err
	}
	entry := set.Manifest().Entry(verb, name)
	if entry == nil {
		return fmt.Errorf("nothing was changed: terem %s has not written %s%s", verb, name, written(set.Manifest(), verb))
	}
	for _, other := range set.Manifest().Upon(*entry) {
		return fmt.Errorf("nothing was changed: %s was added since, into files that %s has written: take that back first", other, entry)
	}
	set.Undo(*entry, f.Force)
	if set.Err() == nil {
		broken, err := app.Broken(ctx, set.Overlay())
		if err != nil {
			return err
		}
		if len(broken) > 0 {
			return fmt.Errorf("nothing was changed: other code needs what terem %s %s has written, and would not compile:\n\n  %s\n\nChange that first", verb, name, strings.Join(broken, "\n  "))
		}
	}
	if f.DryRun {
		return set.Print(c.out)
	}
	changes := set.Changes()
	if err := set.Apply(ctx); err != nil {
		return err
	}
	c.describe(changes)
	return nil
}

// written says what a verb has written.
func written(m *change.Manifest, verb string) string {
	var names []string
	for _, e := range m.Entries {
		if e.Verb == verb {
			names = append(names, e.Name)
		}
	}
	if names == nil {
		return ""
	}
	return ", but " + strings.Join(names, ", ")
}
