// Package migration puts the migrations of changed models into a set of changes.
package migration

import (
	"os/exec"
	"path"
	"path/filepath"
	"slices"

	"github.com/terem-go/terem/internal/change"
	"github.com/terem-go/terem/internal/schema"
)

const snapshotPath = "migrations/" + schema.SnapshotFile

// Add adds the migration to the models as they will be, and returns its plan, in
// which paths are those in the application. What the folder has read before is not
// read again.
func Add(s *change.Set, f *schema.Folder, name string, o schema.Options) (*schema.Plan, error) {
	f.Overlay(s.Overlay())
	plan, err := f.Plan(name, o)
	if err != nil {
		return nil, err
	}
	for i, file := range plan.Files {
		rel, err := filepath.Rel(s.Dir(), file.Path)
		if err != nil {
			return nil, err
		}
		plan.Files[i].Path = filepath.ToSlash(rel)
		s.Create(plan.Files[i].Path, []byte(file.Text))
	}
	if plan.Snapshot != nil {
		s.Write(snapshotPath, plan.Snapshot)
	}
	return plan, s.Err()
}

// Record makes schema.json what the models will be, for migrations that are
// deleted.
func Record(s *change.Set, f *schema.Folder) error {
	f.Overlay(s.Overlay())
	models, err := f.Models()
	if err != nil {
		return err
	}
	s.Write(snapshotPath, models.Marshal())
	return s.Err()
}

// Deletable reports whether migrations, by their paths in the application, are the
// newest, and git does not know them: then nobody else has applied them.
func Deletable(s *change.Set, migrations []string) bool {
	if len(migrations) == 0 {
		return false
	}
	for _, p := range migrations {
		all, err := filepath.Glob(filepath.Join(s.Dir(), filepath.FromSlash(path.Dir(p)), "*.sql"))
		if err != nil || !s.Exists(p) {
			return false
		}
		for _, other := range all {
			rel := path.Join(path.Dir(p), filepath.Base(other))
			if rel > p && !slices.Contains(migrations, rel) {
				return false
			}
		}
	}
	git := exec.Command("git", append([]string{"ls-files", "--"}, migrations...)...)
	git.Dir = s.Dir()
	out, err := git.Output()
	return err != nil || len(out) == 0 // no repository, or they are not in it
}

// Split tells the migrations among the files of an entry from the others.
func Split(created []string) (migrations, others []string) {
	for _, p := range created {
		if path.Ext(p) == ".sql" {
			migrations = append(migrations, p)
		} else {
			others = append(others, p)
		}
	}
	return migrations, others
}
