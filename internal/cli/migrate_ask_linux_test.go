package cli_test

import (
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/internal/processtest"
	"github.com/terem-go/terem/internal/terminaltest"
)

// Ctrl-C is an answer to a question, too.
func TestMigrateNewInterrupted(t *testing.T) {
	t.Parallel()
	dir := shop(t)
	edit(t, filepath.Join(dir, "users", "models.go"), `db:"name,size:100"`, `db:"full_name,size:100"`)
	before := migrations(t, dir)
	user, terminal := terminaltest.Open(t)
	cmd := exec.Command(program(t), "migrate", "new", "full_names")
	cmd.Dir = dir
	ended := terminaltest.Run(t, cmd, terminal)
	shown := new(processtest.Log)
	go func() { _, _ = io.Copy(shown, user) }()
	shown.Await(t, time.Minute, "[y/N] ")
	if _, err := io.WriteString(user, "\x03"); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-ended:
		if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 130 {
			t.Errorf("it ends with %v, want status 130", err)
		}
	case <-time.After(time.Minute):
		t.Error("it waits")
	}
	shown.Await(t, time.Minute, "interrupted: nothing was changed")
	if diff := cmp.Diff(before, migrations(t, dir)); diff != "" {
		t.Errorf("the migrations (-want +got):\n%s", diff)
	}
}
