// Package npmtest gives tests the tools that come from npm.
package npmtest

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/terem-go/terem/db/dbtest"
)

// Install copies a folder to a directory, and installs there what its lock file
// names. run runs one of the tools, or node, and returns what it says. Without
// Node.js or npm's registry the test is skipped, or fails if TEREM_TEST is "all".
func Install(t testing.TB, folder fs.FS) (dir string, run func(name string, args ...string) string) {
	t.Helper()
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			dbtest.Skip(t, "this test needs Node.js: "+err.Error())
		}
	}
	dir = t.TempDir()
	if err := os.CopyFS(dir, folder); err != nil {
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
