package app_test

import (
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/terem-go/terem/internal/processtest"
	"github.com/terem-go/terem/internal/terminaltest"
)

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
			user, terminal := terminaltest.Open(t)
			ended := terminaltest.Run(t, program(t, "sqlite:"+filepath.Join(t.TempDir(), "test.db"), []string{"ask"}, "APP_TEST_ASK=yes"), terminal)
			shown := new(processtest.Log)
			go func() { _, _ = io.Copy(shown, user) }()
			shown.Await(t, time.Minute, "Password: ")
			for end := time.Now().Add(time.Minute); terminaltest.Echoes(t, terminal) && time.Now().Before(end); {
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
				t.Error("the program waits")
			}
			shown.Await(t, time.Minute, c.want)
			if !terminaltest.Echoes(t, terminal) {
				t.Error("the terminal does not show what is typed any more")
			}
			if strings.Contains(shown.String(), "zyx") {
				t.Errorf("the password is shown: %q", shown)
			}
		})
	}
}
