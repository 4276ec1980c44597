package change_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/terem-go/terem/internal/change"
)

// Code is found by a symbolic link to the application's folder, and what editors leave
// there, which the go command passes over, is none.
func TestEachGo(t *testing.T) {
	t.Parallel()
	dir := shop(t)
	write(t, filepath.Join(dir, "users/_old.go"), "no Go")
	if err := os.Symlink("me@host.1:2", filepath.Join(dir, "users/.#errors.go")); err != nil { // Emacs locks so
		t.Skip(err)
	}
	link := filepath.Join(t.TempDir(), "current")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{dir, link} {
		s, err := change.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		var found []string
		if err := s.EachGo(func(p string, _ []byte) error {
			found = append(found, p)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		slices.Sort(found)
		if want := []string{"crlf.go", "main.go", "rough.go", "users/errors.go"}; !slices.Equal(found, want) {
			t.Errorf("in %s: %q, expected %q", dir, found, want)
		}
	}
}
