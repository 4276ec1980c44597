package scaffold_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/internal/scaffold"
)

var update = flag.Bool("update", false, "write what the tests want into the files that they compare")

const (
	library      = "github.com/terem-go/terem"
	templatePath = library + "/internal/scaffold/app"
)

// pkg is what go list tells of a package.
type pkg struct {
	ImportPath                         string
	Standard                           bool
	Imports, TestImports, XTestImports []string
	Module                             *struct{ Path string }
}

// listPackages returns the template's packages, their tests, and all that they
// import on a system.
func listPackages(t *testing.T, system string) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-test", "-json=ImportPath,Standard,Imports,TestImports,XTestImports,Module", templatePath+"/...")
	cmd.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		reason := "the modules for " + system + " cannot be loaded: " + stderr.String()
		if os.Getenv("TEREM_TEST") == "all" {
			t.Fatal(reason)
		}
		t.Skip(reason)
	}
	var list []pkg
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		if !p.Standard {
			list = append(list, p)
		}
	}
}

// requires.txt is what go mod tidy would require in an application.
func TestRequires(t *testing.T) {
	t.Parallel()
	direct, all := map[string]bool{}, map[string]bool{}
	for _, system := range []string{"linux", "darwin", "windows"} {
		modules := map[string]string{}
		list := listPackages(t, system)
		for _, p := range list {
			if p.Module != nil {
				modules[p.ImportPath] = p.Module.Path
				all[p.Module.Path] = true
			}
		}
		for _, p := range list {
			if strings.HasPrefix(p.ImportPath, templatePath) {
				for _, i := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
					direct[modules[i]] = true
				}
			}
		}
	}
	delete(all, library)
	var first, second strings.Builder
	for _, m := range slices.Sorted(maps.Keys(all)) {
		if direct[m] {
			first.WriteString(m + "\n")
		} else {
			second.WriteString(m + " // indirect\n")
		}
	}
	want := first.String() + second.String()
	if *update {
		if err := os.WriteFile(scaffold.RequiresFile, []byte(want), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, scaffold.Requirements()); diff != "" {
		t.Errorf("requires.txt is not what an application needs (-needed +file); if it should be, run: go test ./internal/scaffold -run TestRequires -update\n%s", diff)
	}
}
