package dev_test

import (
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/terem-go/terem/internal/processtest"
)

// A server that is killed takes the application with it.
func TestKilled(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	a := folder(t, "one")
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), folderVariable+"="+a.dir)
	p := processtest.Start(t, cmd)
	line := p.Log.Await(t, limit, "Serving http://")
	a.origin, a.log = origin.FindString(line), p.Log
	child := a.pid()
	p.Kill()
	for end := time.Now().Add(limit); ; time.Sleep(5 * time.Millisecond) {
		if _, err := os.Stat("/proc/" + child); err != nil {
			return
		}
		if time.Now().After(end) {
			t.Fatal("the application goes on")
		}
	}
}
