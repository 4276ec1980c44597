package schema_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/terem-go/terem/internal/schema"
)

const planned = "package PKG\n\nimport \"github.com/terem-go/terem/dao\"\n\ntype Row struct {\n\tID int64 `db:\"id,pk\"`\n\tNote string `db:\"note\"`\n}\n\nvar Rows = dao.Of[Row](\"PKG\")\n"

// A plan is made for files that are not written, changed or gone, and writes
// nothing.
func TestPlan(t *testing.T) {
	t.Parallel()
	text := func(pkg string) string { return strings.ReplaceAll(planned, "PKG", pkg) }
	dir := module(t, "apples/a.go", text("apples"), "pears/p.go", text("pears"), "plums/p.go", text("plums"), "migrations/sqlite/keep", "", "migrations/postgres/keep", "")
	if _, err := open(t, dir).New("fruit", schema.Options{}); err != nil {
		t.Fatal(err)
	}
	f := open(t, dir)
	if _, err := f.Current(); err != nil {
		t.Fatal(err)
	}
	f.Overlay(map[string][]byte{
		filepath.Join(dir, "apples", "a.go"): []byte(strings.Replace(text("apples"), "\tNote", "\tCount *int `db:\"count\"`\n\tNote", 1)),
		filepath.Join(dir, "pears", "p.go"):  nil,
		filepath.Join(dir, "figs", "f.go"):   []byte(text("figs")),
	})
	p, err := f.Plan("change", schema.Options{AllowDrop: true})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range p.Files {
		rel, err := filepath.Rel(dir, file.Path)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, filepath.ToSlash(rel))
		up, _, _ := strings.Cut(file.Text, "-- +goose Down")
		for _, want := range []string{"CREATE TABLE figs", "ALTER TABLE apples ADD COLUMN", "DROP TABLE pears"} {
			if !strings.Contains(up, want) {
				t.Errorf("%s has no %s:\n%s", rel, want, file.Text)
			}
		}
		if strings.Contains(file.Text, "plums") {
			t.Errorf("%s names a table that has not changed:\n%s", rel, file.Text)
		}
		if _, err := os.Stat(file.Path); err == nil {
			t.Errorf("%s is written", rel)
		}
	}
	if want := []string{"migrations/sqlite/00002_change.sql", "migrations/postgres/00002_change.sql"}; !slices.Equal(names, want) {
		t.Errorf("the files are %q, want %q", names, want)
	}
	if !strings.Contains(string(p.Snapshot), `"figs"`) || strings.Contains(string(p.Snapshot), `"pears"`) || strings.Contains(read(t, p.SnapshotPath), `"figs"`) {
		t.Errorf("the snapshot is to be\n%s\nand is\n%s", p.Snapshot, read(t, p.SnapshotPath))
	}
	if _, err := f.Current(); err == nil || !strings.Contains(err.Error(), "the models have changed since the last migration") {
		t.Errorf("the models are ahead, and Current returns %v", err)
	}
}
