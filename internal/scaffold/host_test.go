package scaffold_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/modfile"

	"github.com/terem-go/terem/internal/scaffold"
)

const hostMod = `module example.com/mono

go 1.21

toolchain go1.22.1

require (
	golang.org/x/sys v0.20.0 // kept
	golang.org/x/text v0.41.0 // indirect
)
`

func TestJoinsTheModuleAround(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	write(t, filepath.Join(root, "go.mod"), hostMod)
	write(t, filepath.Join(root, "libs", "libs.go"), "package libs\n\nimport _ \"golang.org/x/sys/cpu\"\n")
	told := ""
	options := scaffold.Options{Dir: filepath.Join(root, "apps", "shop"), Database: scaffold.SQLite, Progress: func(s string) { told = s }}
	a, err := scaffold.New(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	if want := (scaffold.Answers{Module: "example.com/mono/apps/shop", Name: "shop", Database: scaffold.SQLite}); a.Answers != want || a.Root != root || a.Vendored {
		t.Errorf("created %+v", a)
	}
	if want := "Adding what the application needs to " + filepath.Join(root, "go.mod"); told != want {
		t.Errorf("told %q, want %q", told, want)
	}
	found := tree(t, root)
	if _, ok := found["apps/shop/go.mod"]; ok {
		t.Error("the application has a go.mod of its own")
	}
	mod, err := modfile.Parse("go.mod", []byte(found["go.mod"]), nil)
	if err != nil {
		t.Fatal(err)
	}
	versions, checkout := map[string]string{}, findCheckout(t)
	for _, r := range mod.Require {
		versions[r.Mod.Path] = r.Mod.Version
	}
	sys := versions["golang.org/x/sys"]
	want := []string{
		"require github.com/terem-go/terem v0.0.0",
		"require golang.org/x/sys " + sys + ", was v0.20.0",
		"require golang.org/x/text " + versions["golang.org/x/text"] + ", was v0.41.0",
		"replace github.com/terem-go/terem => " + scaffold.Replacement(root, checkout),
		"go " + mod.Go.Version,
	}
	if diff := cmp.Diff(want, a.Changed); diff != "" {
		t.Errorf("what it says of go.mod (-want +got):\n%s\n%s", diff, found["go.mod"])
	}
	if !strings.Contains(found["go.mod"], "golang.org/x/sys "+sys+" // kept\n") || mod.Toolchain != nil {
		t.Errorf("go.mod is\n%s", found["go.mod"])
	}

	// A second application needs nothing more.
	options.Dir = filepath.Join(root, "admin")
	if a, err = scaffold.New(t.Context(), options); err != nil {
		t.Fatal(err)
	}
	if len(a.Changed) > 0 || tree(t, root)["go.mod"] != found["go.mod"] {
		t.Errorf("a second application changed %q", a.Changed)
	}
}

func findCheckout(t *testing.T) string {
	t.Helper()
	c, err := scaffold.FindCheckout("")
	if err != nil {
		t.Fatal(err)
	}
	return c.Dir
}

func TestVendoredModuleIsBehind(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	write(t, filepath.Join(root, "go.mod"), "module example.com/mono\n\ngo 1.26.0\n")
	write(t, filepath.Join(root, "vendor", "modules.txt"), "")
	a, err := scaffold.New(t.Context(), scaffold.Options{Dir: filepath.Join(root, "shop"), Database: scaffold.SQLite})
	if err != nil {
		t.Fatal(err)
	}
	if !a.Vendored {
		t.Error("it does not see that the module is vendored")
	}
}

// What cannot become part of a module leaves the module as it was.
func TestFailureToJoinChangesNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		mod       string
		interrupt bool
		want      string
	}{
		"modules that are not there": {mod: hostMod + "\nreplace golang.org/x/term => ./nowhere\n", want: "does not fit into the module example.com/mono: go list: "},
		"a broken go.mod":            {mod: "module\n", want: "would become part of a module that is broken: "},
		"a go.mod without a module":  {mod: "go 1.26\n", want: "names no module"},
		"an interruption":            {mod: hostMod, interrupt: true, want: "context canceled"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			write(t, filepath.Join(root, "go.mod"), c.mod)
			before := tree(t, root)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			_, err := scaffold.New(ctx, scaffold.Options{
				Dir:      filepath.Join(root, "apps", "shop"),
				Database: scaffold.SQLite,
				Progress: func(string) {
					if c.interrupt {
						cancel()
					}
				},
			})
			if err == nil || !strings.Contains(err.Error(), c.want) || c.interrupt != errors.Is(err, context.Canceled) {
				t.Errorf("error %v, want %q", err, c.want)
			}
			if diff := cmp.Diff(before, tree(t, root)); diff != "" {
				t.Errorf("the module was changed (-before +after):\n%s", diff)
			}
		})
	}
}

// An application inside a checkout belongs to the library's own module.
func TestInsideACheckout(t *testing.T) {
	t.Parallel()
	source, root := findCheckout(t), t.TempDir()
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(source, name))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(root, name), string(text))
	}
	before := tree(t, root)
	a, err := scaffold.New(t.Context(), scaffold.Options{Dir: filepath.Join(root, "examples", "shop"), Database: scaffold.SQLite, Checkout: root})
	if err != nil {
		t.Fatal(err)
	}
	after := tree(t, root)
	if a.Module != "github.com/terem-go/terem/examples/shop" || len(a.Changed) > 0 ||
		after["go.mod"] != before["go.mod"] || after["go.sum"] != before["go.sum"] {
		t.Errorf("created %+v", a)
	}
}
