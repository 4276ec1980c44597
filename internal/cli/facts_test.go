package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/internal/cli"
	"github.com/terem-go/terem/internal/structure"
)

// template is the application that terem new writes.
const template = "../scaffold/app"

func TestFacts(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"routes":         {"routes"},
		"routes-users":   {"routes", "--domain", "users"},
		"tables":         {"tables"},
		"tables-columns": {"tables", "users"},
		"tables-json":    {"tables", "users", "--json"},
		"tables-of-none": {"tables", "--domain", "pages"},
		"routes-of-none": {"routes", "--domain", "tasks"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, out, complaint := terem(t, append(args, "--dir", template)...)
			if status != 0 || complaint != "" {
				t.Errorf("status %d, on standard error: %q", status, complaint)
			}
			golden := filepath.Join("testdata", "facts", name+".golden")
			if *update {
				write(t, golden, out)
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), out); diff != "" {
				t.Errorf("%s (-want +got); if this is meant, run: go test ./internal/cli -run TestFacts -update\n%s", golden, diff)
			}
		})
	}
}

func TestRoutesAsJSON(t *testing.T) {
	t.Parallel()
	status, out, _ := terem(t, "routes", "--json", "--domain", "users", "--dir", template)
	var routes []structure.Route
	if err := json.Unmarshal([]byte(out), &routes); err != nil || status != 0 || len(routes) != 23 {
		t.Fatalf("status %d, %v: %s", status, err, out)
	}
	for _, r := range routes {
		if r.Room != "users" || len(r.Steps) == 0 || r.Steps[0].Func != r.Handler {
			t.Errorf("%+v", r)
		}
	}
}

func TestFactsOfNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "go.mod"), "module example.com/a\n\ngo 1.26\n")
	write(t, filepath.Join(dir, "a.go"), "package a\n")
	for _, args := range [][]string{{"routes", "--json"}, {"tables", "--json"}} {
		if status, out, complaint := terem(t, append(args, "--dir", dir)...); status != 0 || out != "[]\n" || complaint != "" {
			t.Errorf("%q: status %d, %q, %q", args, status, out, complaint)
		}
	}
	for want, args := range map[string][]string{
		"no model describes a table nix": {"tables", "nix"},
		"there is no nix in ":            {"routes", "--domain", "nix"},
	} {
		if status, _, complaint := terem(t, append(args, "--dir", dir)...); status != 1 || !strings.Contains(complaint, want) {
			t.Errorf("%q: status %d, %q", args, status, complaint)
		}
	}
	write(t, filepath.Join(dir, "a.go"), "package a\n\nvar x int = true\n")
	if status, out, complaint := terem(t, "routes", "--dir", dir); status != 1 || out != "" || !strings.Contains(complaint, "does not compile") || !strings.Contains(complaint, "a.go:3:13: cannot use true") {
		t.Errorf("broken code: status %d, %q, %q", status, out, complaint)
	}
}

func TestTableFits(t *testing.T) {
	t.Parallel()
	rows := [][]string{{"A", "B", "C"}, {"ä", "long", "last"}}
	for limit, want := range map[int]string{
		0:  "A  B     C\nä  long  last\n",
		13: "A  B     C\nä  long  last\n",
		12: "A  B\n     C\nä  long\n     last\n",
	} {
		var out strings.Builder
		cli.WriteTable(&out, limit, rows, 2)
		if diff := cmp.Diff(want, out.String()); diff != "" {
			t.Errorf("at %d (-want +got):\n%s", limit, diff)
		}
	}
}
