// Package processtest runs a server as a process of its own, for tests of how
// it starts, serves and ends.
package processtest

import (
	"errors"
	"os"
	"os/exec"
	"testing"
	"time"
)

// Process is a program that was started by a test.
type Process struct {
	// Log is what the program has written to its standard error.
	Log *Log

	cmd   *exec.Cmd
	ended chan struct{}
	err   error // of the end
}

// Start starts a program. It is killed when the test ends.
func Start(t testing.TB, cmd *exec.Cmd) *Process {
	t.Helper()
	p := &Process{Log: new(Log), cmd: cmd, ended: make(chan struct{})}
	cmd.Stderr = p.Log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		p.err = cmd.Wait()
		close(p.ended)
	}()
	t.Cleanup(p.Kill)
	return p
}

// startLimit ends the wait for a server that does not serve.
const startLimit = 30 * time.Second

// Addr returns the host and port that the server serves on, as it tells in its
// log. The test ends if the server does not.
func (p *Process) Addr(t testing.TB) string {
	t.Helper()
	if addr := p.Log.addr(startLimit, p.ended); addr != "" {
		return addr
	}
	t.Fatalf("the server does not serve:\n%s", p.Log)
	return ""
}

// Signal sends the process a signal. One that has ended gets none.
func (p *Process) Signal(t testing.TB, s os.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
}

// Kill ends the process at once and returns when it is gone.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill() // it fails when the process has ended
	<-p.ended
}

// Wait waits until the process ends and returns how: nil for exit status 0, else
// an *exec.ExitError. The test ends if that takes longer than limit.
func (p *Process) Wait(t testing.TB, limit time.Duration) error {
	t.Helper()
	select {
	case <-p.ended:
		return p.err
	case <-time.After(limit):
		t.Fatalf("the process has not ended after %v:\n%s", limit, p.Log)
		return nil
	}
}
