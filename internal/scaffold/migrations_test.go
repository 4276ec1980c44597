package scaffold_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/internal/migratelint"
	"github.com/terem-go/terem/internal/scaffold"
	"github.com/terem-go/terem/internal/schema"
)

// A new application's migrations lead to its models.
func TestMigrationsAreWhatTheModelsSay(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "shop")
	if _, err := scaffold.New(t.Context(), scaffold.Options{Dir: dir, Database: scaffold.SQLite}); err != nil {
		t.Fatal(err)
	}
	f, err := schema.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	w, err := f.New("nothing", schema.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(w.Files) > 0 || w.Recorded {
		t.Errorf("there is something to do: %+v. Is the template's schema.json what its models say? In internal/scaffold/app: go run ../../../cmd/terem migrate new NAME", w)
	}
	models, err := f.Models()
	if err != nil {
		t.Fatal(err)
	}
	migrations := os.DirFS(filepath.Join(dir, "migrations"))
	found, err := migratelint.Lint(migrations)
	if err != nil || len(found) > 0 {
		t.Errorf("lint: %v, %v", found, err)
	}
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		differences, err := models.Verify(t.Context(), d)
		if err != nil || len(differences) > 0 {
			t.Errorf("the tables are not what the models say: %q, %v", differences, err)
		}
	})
}
