//go:build !unix

package procgroup

import (
	"os"
	"os/exec"
)

// Own does nothing: a console sends Ctrl-C to all of its programs.
func Own(*exec.Cmd) {}

// Signal does nothing, for the same reason.
func Signal(*exec.Cmd, os.Signal) {}
