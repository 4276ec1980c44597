package postgres_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// A program with this engine gets neither a router, a queue nor the other
// engine along with it.
func TestDependencies(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	packages := strings.Fields(string(out))
	if !slices.Contains(packages, "github.com/jackc/pgx/v5") {
		t.Fatalf("go list gave %d packages without the driver", len(packages))
	}
	for _, p := range packages {
		for _, unwanted := range []string{"net/http", "modernc.org/", "github.com/danielgtaylor/", "github.com/riverqueue/", "testing"} {
			if strings.HasPrefix(p, unwanted) {
				t.Errorf("it draws in %s", p)
			}
		}
	}
}
