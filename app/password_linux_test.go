package app_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/terem-go/terem/internal/processtest"
)

// openTerminal returns both ends of a terminal: that of who types, and that of the
// program.
func openTerminal(t *testing.T) (user, program *os.File) {
	t.Helper()
	user, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { user.Close() })
	if err := unix.IoctlSetPointerInt(int(user.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(user.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { program.Close() })
	return user, program
}

// echoes reports whether a terminal shows what is typed.
func echoes(t *testing.T, f *os.File) bool {
	t.Helper()
	state, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	return state.Lflag&unix.ECHO != 0
}

// A password that is typed is not shown, and Ctrl-C ends the asking and leaves the
// terminal as it was.
func TestReadPasswordAtATerminal(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		typed, want string
		status      int
	}{
		"a password": {"zyxwvu\n", "6 letters", 0},
		"Ctrl-C":     {"zyx\x03", "interrupted", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			user, terminal := openTerminal(t)
			cmd := program(t, "sqlite:"+filepath.Join(t.TempDir(), "test.db"), []string{"ask"}, "APP_TEST_ASK=yes")
			cmd.Stdin, cmd.Stdout, cmd.Stderr = terminal, terminal, terminal
			cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			shown := new(processtest.Log)
			go func() { _, _ = io.Copy(shown, user) }()
			ended := make(chan error, 1)
			go func() { ended <- cmd.Wait() }()
			shown.Await(t, time.Minute, "Password: ")
			for end := time.Now().Add(time.Minute); echoes(t, terminal) && time.Now().Before(end); {
				time.Sleep(time.Millisecond)
			}
			if _, err := io.WriteString(user, c.typed); err != nil {
				t.Fatal(err)
			}
			select {
			case err := <-ended:
				if got := exitStatus(err); got != c.status {
					t.Errorf("exit status %d, want %d", got, c.status)
				}
			case <-time.After(time.Minute):
				_ = cmd.Process.Kill()
				t.Error("the program waits")
			}
			shown.Await(t, time.Minute, c.want)
			if !echoes(t, terminal) {
				t.Error("the terminal does not show what is typed any more")
			}
			if strings.Contains(shown.String(), "zyx") {
				t.Errorf("the password is shown: %q", shown)
			}
		})
	}
}
