package typecheck_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/terem-go/terem/internal/typecheck"
)

func TestPackage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range files {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	pkg, problems, err := typecheck.Package(t.Context(), dir, "pages")
	if err != nil || len(problems) != 0 {
		t.Fatal(problems, err)
	}
	if got := pkg.Scope().Lookup("Show").Type().String(); got != "func(t *example.com/shop/users.T) string" {
		t.Errorf("Show is a %s", got)
	}
	_, problems, err = typecheck.Package(t.Context(), dir, "old")
	if err != nil || len(problems) != 1 || problems[0].File != "old/old.go" {
		t.Errorf("what does not compile in old: %v, %v", problems, err)
	}
	if _, _, err := typecheck.Package(t.Context(), dir, "nowhere"); err == nil {
		t.Error("nowhere is a package")
	}
}
