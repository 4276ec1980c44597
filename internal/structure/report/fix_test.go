package report_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/terem-go/terem/internal/structure"
	"github.com/terem-go/terem/internal/structure/report"
	"github.com/terem-go/terem/internal/structure/rules"
)

// When one file cannot be written, all are as before, and new ones are gone.
func TestFixThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "old.txt"), "old")
	var found []rules.Finding
	for _, name := range []string{"old.txt", "new1.txt", "new2.txt", "new3.txt", "nowhere/new.txt"} {
		found = append(found, rules.Finding{Rule: "layers", File: name, Line: 1, Title: "x", Fix: []rules.Edit{{File: name, New: "new "}}})
	}
	if _, err := report.New(dir, new(structure.App), found).Fix(func(map[string][]byte) error { return nil }); err == nil {
		t.Fatal("a file is written into a folder that is not there")
	}
	list, err := os.ReadDir(dir)
	if text, _ := os.ReadFile(filepath.Join(dir, "old.txt")); err != nil || len(list) != 1 || string(text) != "old" {
		t.Errorf("afterwards there are %v, and old.txt is %q: %v", list, text, err)
	}
}

func TestFix(t *testing.T) {
	t.Parallel()
	dir := shop(t)
	domain := filepath.Join(dir, "orders", "domain.go")
	before, err := os.ReadFile(domain)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := check(t, dir).Fix(func(map[string][]byte) error { return os.ErrInvalid }); err == nil || !strings.Contains(err.Error(), "nothing was put right") {
		t.Errorf("fixes with which nothing compiles: %v", err)
	}
	if now, err := os.ReadFile(domain); err != nil || string(now) != string(before) {
		t.Errorf("the file is not as it was: %v\n%s", err, now)
	}
	r := check(t, dir)
	files, err := r.Fix(func(map[string][]byte) error { return nil })
	if err != nil || len(files) != 1 || files[0] != "orders/domain.go" {
		t.Fatalf("put right: %v, %v", files, err)
	}
	if now := check(t, dir); len(now.Findings) != len(r.Findings)-1 {
		t.Errorf("%d found, and %d after one was put right", len(r.Findings), len(now.Findings))
	}
}
