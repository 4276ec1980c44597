//go:build unix

package pgserver

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"strings"
	"syscall"
)

// attributes puts a program into a session of its own, and has it run as an
// account that PostgreSQL accepts.
func attributes() (*syscall.SysProcAttr, error) {
	attr := &syscall.SysProcAttr{Setsid: true}
	if os.Geteuid() != 0 {
		return attr, nil
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		account, err = user.Lookup("nobody")
	}
	if err != nil {
		return nil, fmt.Errorf("pgserver: PostgreSQL does not run as root, and there is no user postgres or nobody: %w", err)
	}
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	gid, err2 := strconv.ParseUint(account.Gid, 10, 32)
	if err := errors.Join(err, err2); err != nil {
		return nil, fmt.Errorf("pgserver: the user %s: %w", account.Username, err)
	}
	attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return attr, nil
}

// crash kills a postmaster and its children. The postmaster is stopped first,
// so that it neither starts another child nor tells clients of the loss of one.
func crash(postmaster *os.Process) error {
	if err := postmaster.Signal(syscall.SIGSTOP); err != nil {
		return err
	}
	pids, err := children(postmaster.Pid)
	for _, pid := range pids {
		_ = syscall.Kill(pid, syscall.SIGKILL) // it may just have ended by itself
	}
	return errors.Join(err, postmaster.Kill())
}

// children returns the process ids of a process's children, on Linux without
// other programs, which small systems lack.
func children(parent int) ([]int, error) {
	list, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%[1]d/children", parent))
	if err != nil {
		list, err = exec.Command("pgrep", "-P", strconv.Itoa(parent)).Output()
	}
	if err != nil {
		return nil, fmt.Errorf("listing the children of process %d: %w", parent, err)
	}
	var pids []int
	for _, field := range strings.Fields(string(list)) {
		pid, err := strconv.Atoi(field)
		if err != nil {
			return nil, err
		}
		pids = append(pids, pid)
	}
	return pids, nil
}
