package main

import (
	"os"
	"os/exec"
	"testing"
	"time"
)

func TestCPU(t *testing.T) {
	t.Parallel()
	before, err := cpuOf(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	for start := time.Now(); time.Since(start) < 20*time.Millisecond; {
	}
	after, err := cpuOf(os.Getpid())
	if err != nil || after <= before {
		t.Errorf("%v, then %v, %v", before, after, err)
	}
	// Linux numbers processes up to 1<<22.
	if _, err := cpuOf(1<<22 + 1); err == nil {
		t.Error("a process that is not there has used something")
	}
}

// A shell whose child works, and another one that has worked and ended, has
// used what they have.
func TestCPUOfTree(t *testing.T) {
	t.Parallel()
	const work = `i=0; while [ $i -lt 30000 ]; do i=$((i+1)); done`
	cmd := exec.Command("/bin/sh", "-c", `(`+work+`); (`+work+`; echo worked; read -r line) <&3 & wait`)
	in, hold, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer hold.Close()
	defer in.Close()
	cmd.ExtraFiles = []*os.File{in}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	own, err := cpuOf(cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	all, err := cpuOfTree(cmd.Process.Pid)
	if err != nil || all < own+10*time.Millisecond {
		t.Errorf("the shell %v, all %v, %v", own, all, err)
	}
	if parent, err := parentOf(cmd.Process.Pid); err != nil || parent != os.Getpid() {
		t.Errorf("the shell's parent is %d, %v", parent, err)
	}
	if err := hold.Close(); err != nil {
		t.Error(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}
