package dev

import (
	"cmp"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/terem-go/terem/internal/procgroup"
)

// build compiles the application into a folder of its own. It gives up if ctx
// ends.
func (s *server) build(ctx context.Context) (program string, f *failure) {
	s.builds++
	dir := filepath.Join(s.temp, strconv.Itoa(s.builds))
	work := filepath.Join(dir, "work") // of the compiler, which leaves it when it is killed
	if err := os.MkdirAll(work, 0o700); err != nil {
		return "", &failure{Title: "The application cannot be compiled", Text: err.Error()}
	}
	defer os.RemoveAll(work)
	program = filepath.Join(dir, programName(s.dir))
	// The state of the version control is of no use here, and may be a reason to fail.
	cmd := exec.Command("go", "build", "-buildvcs=false", "-o", program, ".")
	cmd.Dir, cmd.Env, cmd.WaitDelay = s.dir, append(s.environ[:len(s.environ):len(s.environ)], "GOTMPDIR="+work), time.Second
	said := new(tail)
	cmd.Stdout, cmd.Stderr = said, said
	ended, err := procgroup.Start(cmd)
	if err == nil {
		select {
		case err = <-ended:
		case <-ctx.Done():
			procgroup.Kill(cmd)
			err = <-ended
		}
	}
	if err == nil {
		return program, nil
	}
	return "", &failure{Title: "The application does not compile", Text: cmp.Or(said.String(), err.Error())}
}

// programName is what a program is called: people see it in lists of processes.
func programName(dir string) string {
	name := strings.TrimLeft(filepath.Base(dir), ".-"+string(filepath.Separator))
	return cmp.Or(name, "application") + ".exe" // Windows wants the suffix, others do not mind
}
