package journey

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/terem-go/terem/internal/npmtest"
)

// The application's OpenAPI document is valid to others, and a client whose
// types are generated from it is checked, compiled and run.
func TestOpenAPIForOthers(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it installs tools from npm")
	}
	dir, run := npmtest.Install(t, os.DirFS("openapi"))
	a := newApplication(t, "sqlite:openapi.db")
	a.must("", "migrate", "up")
	spec := a.must("", "openapi")
	if err := os.WriteFile(filepath.Join(dir, "openapi.json"), []byte(spec), 0o644); err != nil {
		t.Fatal(err)
	}
	run("validate-api", "openapi.json")
	run("openapi-typescript", "openapi.json", "--output", "schema.d.ts")
	run("tsc", "--project", ".")

	a.secret("the client's password", "typed horse battery")
	p, c := a.serve()
	if got, want := strings.TrimSpace(run("node", "out/client.js", "http://"+c.Addr)), "Typed: 403 users.not_allowed"; got != want {
		t.Errorf("the client prints %q, want %q", got, want)
	}
	a.stop(p, syscall.SIGTERM)
}
