package procgroup

import (
	"os/exec"
	"syscall"
)

// endWithParent has the system send SIGTERM when the parent ends.
func endWithParent(cmd *exec.Cmd) { cmd.SysProcAttr.Pdeathsig = syscall.SIGTERM }
