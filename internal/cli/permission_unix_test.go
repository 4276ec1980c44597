//go:build unix

package cli_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A folder of somebody else.
func TestNoPermission(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	cmd := exec.Command(program(t), "new", filepath.Join(base, "deep", "shop"))
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		if err := errors.Join(os.Chmod(base, 0o755), os.Chmod(filepath.Dir(base), 0o755)); err != nil {
			t.Fatal(err)
		}
	} else if err := os.Chmod(base, 0o555); err != nil {
		t.Fatal(err)
	}
	out, _ := cmd.CombinedOutput()
	want := ": permission denied. Name a folder that you may write to\n"
	if cmd.ProcessState.ExitCode() != 1 || !strings.HasPrefix(string(out), "error: mkdir "+base) || !strings.HasSuffix(string(out), want) {
		t.Errorf("%v\nprinted %q", cmd.ProcessState, out)
	}
	empty(t, base)
}
