package addition_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/internal/change"
	"github.com/terem-go/terem/internal/scaffold"
	"github.com/terem-go/terem/internal/scaffold/domain"
	"github.com/terem-go/terem/internal/schema"
)

var templateModels = sync.OnceValues(func() ([]*dao.Model, error) { return schema.Models("../app") })

// rendered returns the files of a domain orders with the fields.
func rendered(t *testing.T, fields ...string) map[string]string {
	t.Helper()
	models, err := templateModels()
	if err != nil {
		t.Fatal(err)
	}
	d, err := domain.New(domain.Options{Module: "shop", Name: "orders", Fields: fields}, models)
	if err != nil {
		t.Fatal(err)
	}
	files, err := d.Files()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, f := range files {
		found[f.Path] = string(f.Data)
	}
	return found
}

// shop returns the folder of a new application with a domain orders that has the
// fields, if there are any.
func shop(t *testing.T, fields ...string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "shop")
	if _, err := scaffold.New(t.Context(), scaffold.Options{Dir: dir, Database: scaffold.SQLite}); err != nil {
		t.Fatal(err)
	}
	if fields != nil {
		s := open(t, dir)
		if _, err := domain.Add(s, domain.Options{Name: "orders", Fields: fields}, append([]string{"orders"}, fields...)...); err != nil {
			t.Fatal(err)
		}
		apply(t, s)
	}
	return dir
}

func open(t *testing.T, dir string) *change.Set {
	t.Helper()
	s, err := change.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func apply(t *testing.T, s *change.Set) {
	t.Helper()
	if err := s.Apply(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// tree returns the files and folders of an application; a file with its content.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			found[p+"/"] = ""
			return err
		}
		found[p] = read(t, dir, p)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
