package app_test

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

// A port below 1024 needs a right that only some have.
func TestServePrivilegedPort(t *testing.T) {
	t.Parallel()
	first, err := os.ReadFile("/proc/sys/net/ipv4/ip_unprivileged_port_start")
	if err != nil || strings.TrimSpace(string(first)) != "1024" {
		dbtest.Skip(t, "this system lets everybody listen on port 1, or does not say whether it does")
	}
	dir, err := os.MkdirTemp("", "terem-test-") // which others can enter, unlike t.TempDir
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	cmd := program(t, "sqlite:"+filepath.Join(dir, "test.db"), []string{"migrate", "up"}, "APP_TEST_ADDR=127.0.0.1:1")
	if err := asNobody(cmd, dir); err != nil {
		t.Fatal(err)
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	again := exec.Command(cmd.Path)
	again.Dir, again.Env, again.SysProcAttr = cmd.Dir, cmd.Env, cmd.SysProcAttr
	var stderr bytes.Buffer
	again.Stderr = &stderr
	if got := exitStatus(again.Run()); got != 1 {
		t.Errorf("exit status %d, want 1", got)
	}
	if want := "error: cannot listen on 127.0.0.1:1: not permitted. Set ADDR to a port above 1023\n"; stderr.String() != want {
		t.Errorf("standard error is %q, want %q", stderr.String(), want)
	}
}

// asNobody makes a program run as a user without rights, in a folder that is
// given to them, if the test runs as root.
func asNobody(cmd *exec.Cmd, dir string) error {
	if os.Getuid() != 0 {
		return nil
	}
	const nobody = 65534
	copied := filepath.Join(dir, "program")
	text, err := os.ReadFile(cmd.Path)
	if err == nil {
		err = os.WriteFile(copied, text, 0o755)
	}
	if err == nil {
		err = os.Chown(dir, nobody, nobody)
	}
	cmd.Path, cmd.Dir = copied, dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	return err
}
