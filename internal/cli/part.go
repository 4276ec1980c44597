package cli

import (
	"context"
	"fmt"

	"github.com/terem-go/terem/internal/application"
	"github.com/terem-go/terem/internal/change"
	"github.com/terem-go/terem/internal/scaffold/addition"
)

// addPart are the flags of verbs that write a part of an application.
type addPart struct {
	DryRun bool   `help:"Print what would be changed, and change nothing."`
	Dir    string `type:"application" default:"." help:"The application's folder; the current one by default."`
}

// write writes a part, all of it or nothing. Its name is what tells it from others of the verb.
func (f addPart) write(ctx context.Context, c *console, verb, name string, args []string, add func(*application.Application, *change.Set) error) error {
	s, err := change.Open(f.Dir)
	if err != nil {
		return err
	}
	app, err := application.Open(f.Dir)
	if err != nil {
		return err
	}
	s.Record(verb, name, args...)
	if err = s.Err(); err == nil {
		err = add(app, s)
	}
	return c.apply(ctx, s, f.DryRun, err)
}

// removePart are the flags of verbs that take a part back.
type removePart struct {
	Force  bool   `help:"Leave lines that were changed by hand, as long as it compiles."`
	DryRun bool   `help:"Print what would be changed, and change nothing."`
	Dir    string `type:"application" default:"." help:"The application's folder; the current one by default."`
}

// remove takes a part back, unless something else needs it.
func (f removePart) remove(ctx context.Context, c *console, verb, name string) error {
	s, err := change.Open(f.Dir)
	if err != nil {
		return err
	}
	if e := s.Manifest().Entry(verb, name); e != nil {
		for _, other := range s.Manifest().Upon(*e) {
			return fmt.Errorf("nothing was changed: %s was added since, into files that %s has written: take that back first", other, e)
		}
	}
	_, err = addition.Remove(ctx, s, verb, name, addition.RemoveOptions{Force: f.Force})
	return c.apply(ctx, s, f.DryRun, err)
}
