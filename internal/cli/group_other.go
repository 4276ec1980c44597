//go:build !unix

package cli

import (
	"os"
	"os/exec"
)

// ownGroup does nothing: a console sends Ctrl-C to all of its programs.
func ownGroup(*exec.Cmd) {}

// signalGroup does nothing, for the same reason.
func signalGroup(*exec.Cmd, os.Signal) {}
