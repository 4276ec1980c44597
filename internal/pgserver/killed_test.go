//go:build unix

package pgserver_test

import (
	"bufio"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestServerEndsWithItsProcess(t *testing.T) {
	t.Parallel()
	tests := map[string]func(child *exec.Cmd, stdin io.Closer) error{
		"returned from main": func(_ *exec.Cmd, stdin io.Closer) error { return stdin.Close() },
		"killed":             func(child *exec.Cmd, _ io.Closer) error { return child.Process.Kill() },
		"interrupted by Ctrl-C": func(child *exec.Cmd, _ io.Closer) error {
			return syscall.Kill(-child.Process.Pid, syscall.SIGINT) // the terminal signals the whole group
		},
	}
	for name, end := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			temp := openDir(t)
			cmd := child(t, "hold", temp, t.TempDir())
			cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			stdin, stdout := startChild(t, cmd)
			line, err := bufio.NewReader(stdout).ReadString('\n')
			if err != nil {
				t.Fatalf("%v: %s", err, line)
			}
			await(t, temp, 1)
			postmaster := postmasterOf(t, strings.TrimSpace(line))
			if !runs(postmaster) {
				t.Fatal("postgres does not run")
			}

			if err := end(cmd, stdin); err != nil {
				t.Fatal(err)
			}
			await(t, temp, 0)
			if runs(postmaster) {
				t.Error("postgres still runs")
			}
		})
	}
}

// The process is killed at moments from the start of the shell that keeps the
// server until after the server accepts connections.
func TestProcessKilledWhileItStartsAServer(t *testing.T) {
	t.Parallel()
	requireServer(t)
	for _, delay := range []time.Duration{0, 5, 20, 100, 400, 800, 1200} {
		t.Run((delay * time.Millisecond).String(), func(t *testing.T) {
			t.Parallel()
			temp := openDir(t)
			cmd := child(t, "hold", temp, t.TempDir())
			startChild(t, cmd)
			await(t, temp, 1)
			time.Sleep(delay * time.Millisecond)
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			await(t, temp, 0)
		})
	}
}

func startChild(t *testing.T, cmd *exec.Cmd) (io.Closer, io.Reader) {
	t.Helper()
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = stdin.Close()
		_ = cmd.Wait()
	})
	return stdin, stdout
}

// postmasterOf returns the process id of the server behind a URL.
func postmasterOf(t *testing.T, serverURL string) int {
	t.Helper()
	u, err := url.Parse(serverURL)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(u.Query().Get("host"), "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

// runs reports whether there is a process of this id, other than one that has
// ended and that init has not yet noticed.
func runs(pid int) bool {
	state, err := exec.Command("ps", "-o", "stat=", "-p", strconv.Itoa(pid)).Output()
	return err == nil && !strings.HasPrefix(string(state), "Z")
}
