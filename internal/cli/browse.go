package cli

import (
	"fmt"
	"os/exec"
	"runtime"
	"time"
)

// browse opens a file in the browser that the system has for it, and says so if the
// system has none.
func browse(file string) error {
	command := []string{"xdg-open"}
	switch runtime.GOOS {
	case "darwin":
		command = []string{"open"}
	case "windows":
		command = []string{"rundll32", "url.dll,FileProtocolHandler"}
	}
	cmd := exec.Command(command[0], append(command[1:], file)...)
	if err := cmd.Start(); err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	select {
	case err := <-done:
		if err != nil {
			return fmt.Errorf("%s: %w", command[0], err)
		}
		return nil
	case <-time.After(3 * time.Second): // some stay until their browser is closed
		return nil
	}
}
