//go:build !unix

package procgroup

import (
	"os"
	"os/exec"
)

// own does nothing: a console sends Ctrl-C to all of its programs.
func own(*exec.Cmd) {}

// Signal does nothing, for the same reason.
func Signal(*exec.Cmd, os.Signal) {}

// Stop ends a command that runs: there is no signal that asks it to.
func Stop(cmd *exec.Cmd) { Kill(cmd) }

// Kill ends a command that runs at once.
func Kill(cmd *exec.Cmd) { _ = cmd.Process.Kill() } // it fails when it has ended
