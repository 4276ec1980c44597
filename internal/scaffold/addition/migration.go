package addition

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/internal/change"
	"github.com/terem-go/terem/internal/schema"
)

// settled returns the models of an application. It is an error if their last change
// has no migration yet: it would become part of the next one.
func settled(s *change.Set) ([]*dao.Model, error) {
	f, err := schema.Open(s.Dir())
	if err != nil {
		return nil, err
	}
	models, err := f.Described()
	if err != nil {
		return nil, err
	}
	plan, err := f.Plan("check", schema.Options{AllowDrop: true})
	if err != nil || len(plan.Files) > 0 || plan.Snapshot != nil {
		return nil, errors.Join(errors.New("the models have changed since the last migration, and that would become part of this one. Write it first: terem migrate new NAME"), err)
	}
	return models, nil
}

// migrate adds the migration to the models as they will be.
func migrate(s *change.Set, name string, fills []string, drop bool) (accepted []string, err error) {
	f, err := schema.Open(s.Dir())
	if err != nil {
		return nil, err
	}
	f.Overlay(s.Overlay())
	plan, err := f.Plan(name, schema.Options{Fills: fills, AllowDrop: drop})
	if err != nil {
		return nil, err
	}
	for _, file := range plan.Files {
		s.Create(relative(s, file.Path), []byte(file.Text))
	}
	if plan.Snapshot != nil {
		s.Write(relative(s, plan.SnapshotPath), plan.Snapshot)
	}
	return plan.Accepted, s.Err()
}

func relative(s *change.Set, name string) string {
	rel, err := filepath.Rel(s.Dir(), name)
	if err != nil {
		s.Fail(fmt.Errorf("%s is not inside the application: %w", name, err))
	}
	return path.Clean(filepath.ToSlash(rel))
}
