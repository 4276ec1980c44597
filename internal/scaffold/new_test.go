package scaffold_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/internal/change"
	"github.com/terem-go/terem/internal/scaffold"
)

// tree returns the files and folders below dir; a file with its content.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || p == dir {
			return err
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
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func TestManifestDescribesTheFiles(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "shop")
	a, err := scaffold.New(t.Context(), scaffold.Options{Dir: dir, Module: "example.com/acme/store", Database: scaffold.Postgres})
	if err != nil {
		t.Fatal(err)
	}
	found := tree(t, dir)
	var m change.Manifest
	if err := json.Unmarshal([]byte(found[change.ManifestPath]), &m); err != nil {
		t.Fatal(err)
	}
	answers := scaffold.Answers{Module: "example.com/acme/store", Name: "store", Database: scaffold.Postgres}
	if m.Format != 1 || m.Template.Name != "app" || m.Template.Version == "" || m.Answers != change.Answers(answers) || a.Answers != answers {
		t.Errorf("manifest %+v of %+v", m, a)
	}
	last := ""
	for _, f := range m.Files {
		if f.Path <= last {
			t.Errorf("%s stands behind %s", f.Path, last)
		}
		last = f.Path
		sum := sha256.Sum256([]byte(found[f.Path]))
		if got := hex.EncodeToString(sum[:]); f.SHA256 != got && !f.Local {
			t.Errorf("%s has the sum %s, the manifest says %s", f.Path, got, f.SHA256)
		}
		if f.Local != (f.Path == ".env") || f.Local != (f.SHA256 == "") {
			t.Errorf("the manifest says %+v", f)
		}
		delete(found, f.Path)
	}
	if a.Files != len(m.Files)+1 {
		t.Errorf("%d files, the manifest has %d besides itself", a.Files, len(m.Files))
	}
	for p := range found {
		if p != change.ManifestPath && !strings.HasSuffix(p, "/") {
			t.Errorf("%s is not in the manifest", p)
		}
	}
}

func TestSecretsAreReadableByTheOwnerOnly(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "shop")
	if _, err := scaffold.New(t.Context(), scaffold.Options{Dir: dir, Database: scaffold.SQLite}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]fs.FileMode{".env": 0o600, "main.go": 0o600 | 0o066&^umask(t), ".": 0o700 | 0o077&^umask(t)} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has the permissions %o, want %o", name, got, want)
		}
	}
}

// umask returns the permissions that new files do not get.
func umask(t *testing.T) fs.FileMode {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "x")
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		t.Fatal(err)
	}
	return 0o777 &^ info.Mode().Perm()
}

// A folder that is there, such as the working directory, stays the same folder.
func TestAnEmptyFolderIsKept(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "shop")
	if err := os.Mkdir(dir, 0o750); err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := scaffold.New(t.Context(), scaffold.Options{Dir: dir, Database: scaffold.SQLite}); err != nil {
		t.Fatal(err)
	}
	after, err := os.Stat(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !os.SameFile(before, after) || after.Mode() != before.Mode() {
		t.Errorf("the folder was %v and is %v", before.Mode(), after.Mode())
	}
	elsewhere := filepath.Join(filepath.Dir(filepath.Dir(dir)), "new", "shop") // as far from the checkout, which go.mod names
	if _, err := scaffold.New(t.Context(), scaffold.Options{Dir: elsewhere, Database: scaffold.SQLite}); err != nil {
		t.Fatal(err)
	}
	in, out := tree(t, dir), tree(t, elsewhere)
	delete(in, ".env")
	delete(out, ".env")
	if diff := cmp.Diff(out, in); diff != "" {
		t.Errorf("in an empty folder there is something else than in a new one (-new +empty):\n%s", diff)
	}
}

// ending is a context that ends when it is asked for the n-th time whether it
// has.
type ending struct {
	context.Context
	left atomic.Int32
}

func (e *ending) Err() error {
	if e.left.Add(-1) < 0 {
		return context.Canceled
	}
	return nil
}

// An interruption at any moment leaves nothing behind.
func TestInterruptionLeavesNothing(t *testing.T) {
	t.Parallel()
	for _, exists := range []bool{false, true} {
		finished := false
		for n := int32(0); !finished; n += 7 {
			base := t.TempDir()
			dir := filepath.Join(base, "a", "b", "shop")
			want := map[string]string{}
			if exists {
				if err := os.MkdirAll(dir, 0o777); err != nil {
					t.Fatal(err)
				}
				want = map[string]string{"a/": "", "a/b/": "", "a/b/shop/": ""}
			}
			ctx := &ending{Context: t.Context()}
			ctx.left.Store(n)
			_, err := scaffold.New(ctx, scaffold.Options{Dir: dir, Database: scaffold.SQLite})
			if finished = err == nil; finished {
				if n < 20 {
					t.Errorf("finished after %d questions", n)
				}
				break
			}
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("after %d: %v", n, err)
			}
			if diff := cmp.Diff(want, tree(t, base)); diff != "" {
				t.Errorf("after %d there is (-before +after):\n%s", n, diff)
			}
		}
	}
}
