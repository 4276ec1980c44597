package dev_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/terem-go/terem/internal/dev"
)

// The application's folder may be reached by a symbolic link.
func TestFolderIsLink(t *testing.T) {
	t.Parallel()
	a := folder(t, "one")
	link := filepath.Join(t.TempDir(), "current")
	if err := os.Symlink(a.dir, link); err != nil {
		t.Skip(err)
	}
	a.dir = link
	a.run(dev.Config{})
	a.await("/word", "one")
	a.write("word.txt", "two")
	a.await("/word", "two")
}
