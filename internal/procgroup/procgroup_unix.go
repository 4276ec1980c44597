//go:build unix

package procgroup

import (
	"os"
	"os/exec"
	"syscall"
)

// own lets the command, which has not started, have a process group of its own.
func own(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// Signal sends the signal to the command and to what it has started. It does
// nothing if they have ended.
func Signal(cmd *exec.Cmd, s os.Signal) {
	_ = syscall.Kill(-cmd.Process.Pid, s.(syscall.Signal))
}

// Stop asks a command that runs to end, and what it has started. Elsewhere than
// on Unix it ends the command at once.
func Stop(cmd *exec.Cmd) { Signal(cmd, syscall.SIGTERM) }

// Kill ends a command that runs at once, and what it has started.
func Kill(cmd *exec.Cmd) { Signal(cmd, syscall.SIGKILL) }
