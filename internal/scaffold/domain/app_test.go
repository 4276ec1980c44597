package domain_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/internal/change"
	"github.com/terem-go/terem/internal/scaffold"
	"github.com/terem-go/terem/internal/scaffold/domain"
)

// shop is a new application.
func shop(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "shop")
	if _, err := scaffold.New(t.Context(), scaffold.Options{Dir: dir, Database: scaffold.SQLite}); err != nil {
		t.Fatal(err)
	}
	return dir
}

// add adds a domain to the application in a folder.
func add(t testing.TB, dir string, o domain.Options) error {
	t.Helper()
	s, err := change.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := domain.Add(s, o, append([]string{o.Name}, o.Fields...)...); err != nil {
		return err
	}
	return s.Apply(t.Context())
}

func remove(t testing.TB, dir string, o domain.RemoveOptions) (*domain.Removed, error) {
	t.Helper()
	s, err := change.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	r, err := domain.Remove(s, o)
	if err != nil {
		return nil, err
	}
	return r, s.Apply(t.Context())
}

// must fails the test after an error.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// tree returns the files and folders below dir; a file with its content.
func tree(t testing.TB, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || p == dir {
			return err
		}
		if d.IsDir() && d.Name() == ".git" {
			return fs.SkipDir
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			found[rel+"/"] = ""
			return nil
		}
		text, err := os.ReadFile(p)
		found[rel] = string(text)
		return err
	})
	must(t, err)
	return found
}

// unchanged fails the test if a folder is not as it was.
func unchanged(t testing.TB, dir string, before map[string]string) {
	t.Helper()
	if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
		t.Errorf("there is something else (-before +after):\n%s", diff)
	}
}

// replace changes a file by hand.
func replace(t testing.TB, name, old, new string) {
	t.Helper()
	text, err := os.ReadFile(name)
	must(t, err)
	if !strings.Contains(string(text), old) {
		t.Fatalf("%s does not have %q", name, old)
	}
	must(t, os.WriteFile(name, []byte(strings.Replace(string(text), old, new, 1)), 0o666))
}

func write(t testing.TB, name, text string) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Dir(name), 0o777))
	must(t, os.WriteFile(name, []byte(text), 0o666))
}
