package addition

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/terem-go/terem/internal/change"
	"github.com/terem-go/terem/internal/scaffold/migration"
	"github.com/terem-go/terem/internal/schema"
	"github.com/terem-go/terem/internal/source"
)

// RemoveOptions say how an addition is taken back.
type RemoveOptions struct {
	Drop  bool // write a migration that drops the column, also where the one that added it could be deleted
	Force bool // what was changed by hand since stays
}

// Removed says what becomes of a field's column.
type Removed struct {
	Deleted bool     // the migration that added it goes
	Dropped []string // the new migrations that drop it
}

// withDomain reports whether terem add domain has written a field such as
// orders.note.
func withDomain(s *change.Set, name string) bool {
	domain, field, _ := strings.Cut(name, ".")
	e := s.Manifest().Entry("add domain", domain)
	return e != nil && slices.ContainsFunc(e.Args, func(arg string) bool {
		named, _, ok := strings.Cut(arg, ":")
		return ok && (named == field || named+"_id" == field)
	})
}

// Remove takes back what a verb such as FieldVerb has added under a name such as
// orders.note. Code that still uses it is an error that names the places.
func Remove(ctx context.Context, s *change.Set, verb, name string, o RemoveOptions) (*Removed, error) {
	e := s.Manifest().Entry(verb, name)
	if e == nil && verb == FieldVerb {
		e = s.Manifest().Entry(verb, name+"_id") // as it was typed
	}
	if e == nil && verb == FieldVerb && withDomain(s, name) {
		return nil, fmt.Errorf("terem add domain has written %[1]s, with the domain. Take it out of the model, the schemas and the tests by hand, and then: terem migrate new drop_%[2]s --allow-drop", name, strings.ReplaceAll(name, ".", "_"))
	}
	if e == nil {
		return nil, fmt.Errorf("terem %s has added no %s, as %s has it%s. What was written by hand is removed by hand", verb, name, change.ManifestPath, others(s, verb))
	}
	migrations, _ := migration.Split(e.Created)
	f, err := schema.Open(s.Dir())
	if err != nil {
		return nil, err
	}
	if len(migrations) > 0 {
		if _, err := f.Current(); err != nil {
			return nil, err
		}
	}
	r, undo := &Removed{}, *e
	if r.Deleted = !o.Drop && migration.Deletable(s, migrations); !r.Deleted {
		_, undo.Created = migration.Split(e.Created)
	}
	s.Undo(undo, o.Force)
	s.Unrequire()
	if err := s.Err(); err != nil {
		return nil, err
	}
	if err := Check(ctx, s); err != nil {
		return nil, err
	}
	switch {
	case r.Deleted:
		return r, migration.Record(s, f)
	case len(migrations) == 0:
		return r, nil
	}
	plan, err := migration.Add(s, f, "drop_"+strings.ReplaceAll(name, ".", "_"), schema.Options{AllowDrop: true})
	if err != nil {
		return nil, errors.Join(err, s.Err())
	}
	for _, f := range plan.Files {
		r.Dropped = append(r.Dropped, f.Path)
	}
	return r, nil
}

// others names what a verb has added, for people who may have meant that.
func others(s *change.Set, verb string) string {
	var names []string
	for _, e := range s.Manifest().Entries {
		if e.Verb == verb {
			names = append(names, e.Name)
		}
	}
	if names == nil {
		return ""
	}
	return "; it has added " + strings.Join(names, ", ")
}

// Check reports what of the application would not compile any more, with its place in
// the files as they are.
func Check(ctx context.Context, s *change.Set) error {
	broken, err := source.Breaks(ctx, s.Dir(), s.Overlay())
	if err != nil || len(broken) == 0 {
		return err
	}
	var places strings.Builder
	for _, p := range broken {
		p.Line = s.Line(p.File, p.Line)
		fmt.Fprintf(&places, "\n  %s", p)
	}
	return fmt.Errorf("this would not compile any more:%s\nChange that first", places.String())
}
