package report_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/terem-go/terem/internal/structure"
	"github.com/terem-go/terem/internal/structure/report"
	"github.com/terem-go/terem/internal/structure/rules"
)

// What is known stays known when lines move, and one more of the same is new.
func TestBaseline(t *testing.T) {
	t.Parallel()
	dir := shop(t)
	first := check(t, dir)
	n := len(first.Findings)
	if err := first.WriteBaseline(baseline(dir)); err != nil {
		t.Fatal(err)
	}
	if !first.Clean() || len(first.Known) != n {
		t.Errorf("after it is recorded, %d are new and %d known; want 0 and %d", len(first.Findings), len(first.Known), n)
	}
	want := func(what string, fresh, known, gone int) *report.Report {
		t.Helper()
		r := check(t, dir)
		if len(r.Findings) != fresh || len(r.Known) != known || len(r.Gone) != gone {
			t.Errorf("%s: %d new, %d known, %d gone; want %d, %d, %d", what, len(r.Findings), len(r.Known), len(r.Gone), fresh, known, gone)
		}
		return r
	}
	router := filepath.Join(dir, "users", "router.go")
	edit(t, router, "import (", "// Lines move.\n\n// And more.\n\nimport (")
	edit(t, router, "\t\"database/sql\"", "\t\"database/sql\"  ")
	want("lines moved", 0, n, 0)

	edit(t, router, "import (", "import (\n\t_ \"database/sql/driver\"\n")
	r := want("one more", 1, n, 0)
	if err := r.WriteBaseline(baseline(dir)); err != nil {
		t.Fatal(err)
	}
	want("nothing is added", 1, n, 0)

	edit(t, filepath.Join(dir, "users", "errors.go"), "import _ \"net/http\"\n", "")
	r = want("one is gone", 1, n-1, 1)
	if r.Clean() {
		t.Error("a report with what is gone counts as clean")
	}
	if err := r.WriteBaseline(baseline(dir)); err != nil {
		t.Fatal(err)
	}
	want("it is taken out", 1, n-1, 0)
	edit(t, filepath.Join(dir, "users", "errors.go"), "package users\n", "package users\n\nimport _ \"net/http\"\n")
	want("it is back", 2, n-1, 0)
}

func TestBaselineThatIsEmptyIsRemoved(t *testing.T) {
	t.Parallel()
	dir := shop(t)
	r := check(t, dir)
	if err := r.WriteBaseline(baseline(dir)); err != nil {
		t.Fatal(err)
	}
	r = report.New(dir, new(structure.App), nil)
	if err := r.Compare(baseline(dir), true); err != nil || r.Clean() {
		t.Fatalf("%v, clean: %t; all that is recorded is gone", err, r.Clean())
	}
	if err := r.WriteBaseline(baseline(dir)); err != nil || !r.Clean() {
		t.Fatal(err, r.Clean())
	}
	if _, err := os.Stat(baseline(dir)); !os.IsNotExist(err) {
		t.Errorf("the empty baseline is still there: %v", err)
	}
}

func TestBaselineThatCannotBeRead(t *testing.T) {
	t.Parallel()
	r := report.New(t.TempDir(), new(structure.App), []rules.Finding{{Rule: "layers", File: "a.go", Line: 1, Title: "x"}})
	file := filepath.Join(t.TempDir(), "baseline.json")
	if err := r.Compare(file, true); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("a file that is not there: %v", err)
	}
	if err := r.Compare(file, false); err != nil || r.Baseline != "" {
		t.Errorf("a file that need not be there: %v, %q", err, r.Baseline)
	}
	write(t, file, "<<<<<<< HEAD\n")
	if err := r.Compare(file, false); err == nil || !strings.Contains(err.Error(), "is no baseline") || len(r.Findings) != 1 {
		t.Errorf("a file that is no baseline: %v, %d findings", err, len(r.Findings))
	}
}

// A list that was not written as a whole does not take the place of the one that is there.
func TestBaselineThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := report.New(dir, new(structure.App), []rules.Finding{{Rule: "layers", File: "a.go", Line: 1, Title: "x"}})
	file := filepath.Join(dir, "baseline.json")
	if err := os.Mkdir(file+".part", 0o777); err != nil { // in the way of what is written
		t.Fatal(err)
	}
	if err := r.WriteBaseline(file); err == nil {
		t.Error("it is written")
	}
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("there is something of that name: %v", err)
	}
}
