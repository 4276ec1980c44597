// Package procgroup starts a command in a process group of its own, so that a
// terminal's Ctrl-C reaches it only by way of who started it.
package procgroup

import (
	"os/exec"
	"runtime"
)

// Start starts a command in a group of its own, and returns a channel that gets
// what Wait returns. On Linux the command gets SIGTERM when this process ends, in
// whatever way.
func Start(cmd *exec.Cmd) (ended <-chan error, err error) {
	own(cmd)
	endWithParent(cmd)
	started, done := make(chan error), make(chan error, 1)
	go func() {
		// Linux looks at the thread that has started the command, which therefore
		// has to last as long.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			done <- cmd.Wait()
		}
	}()
	return done, <-started
}
