package journey

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/terem-go/terem/db/dbtest"
)

// tools copies the client of this test to a directory, and installs there what
// its lock file names.
func tools(t *testing.T) (dir string, run func(name string, args ...string) string) {
	t.Helper()
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			dbtest.Skip(t, "this test needs Node.js: "+err.Error())
		}
	}
	dir = t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("openapi")); err != nil {
		t.Fatal(err)
	}
	command := func(name string, args ...string) (string, error) {
		var out, stderr bytes.Buffer
		cmd := exec.Command(name, args...)
		cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &stderr
		err := cmd.Run()
		return out.String() + stderr.String(), err
	}
	if out, err := command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"); err != nil {
		dbtest.Skip(t, "the tools cannot be installed, which needs npm's registry or cache: "+err.Error()+"\n"+out)
	}
	return dir, func(name string, args ...string) string {
		t.Helper()
		if local := filepath.Join(dir, "node_modules", ".bin", name); name != "node" {
			name = local
		}
		out, err := command(name, args...)
		if err != nil {
			t.Fatalf("%s %q: %v\n%s", name, args, err, out)
		}
		return out
	}
}

// The application's OpenAPI document is valid to others, and a client whose
// types are generated from it is checked, compiled and run.
func TestOpenAPIForOthers(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it installs tools from npm")
	}
	dir, run := tools(t)
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
